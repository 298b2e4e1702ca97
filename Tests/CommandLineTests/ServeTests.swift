import Foundation
import TestSupport
import Testing

/// The server as a program: how it starts, listens, refuses and ends.
@Suite(.endsWithin(minutes: 3)) struct ServeTests {
  private let folder: TemporaryFolder
  private let plan: String

  init() throws {
    folder = try TemporaryFolder()
    plan = try TinyContext.write(TinyContext.dialogueContents, in: folder)
  }

  // MARK: Command line

  @Test func `help names every option, and the environment has the same`() throws {
    let help = try Program.run("espalier-serve", ["--help"])
    #expect(help.status == 0 && help.errors.isEmpty)
    let options = help.output.matches(of: /--([a-z-]+)/).map { String($0.1) }
    for option in Set(options).subtracting(["help", "version"]) {
      let name = "ESPALIER_SERVE_" + option.uppercased().replacingOccurrences(of: "-", with: "_")
      let result = try Program.shell(
        "\(name)=@ exec \"$0\" \"$@\"", [Program.path("espalier-serve"), "/nowhere/plan.h5", "--port", "0"])
      #expect(!result.errors.contains("there is no such option"), "\(option)")
    }
  }

  @Test(
    arguments: [
      ([], "Missing expected argument '<plan>'", 64),
      (["p", "--port", "70000"], "--port must be within", 64),
      (["p", "--parallel", "0"], "--parallel must be within 1 ... 256.", 64),
      (["p", "--max-stall", "soon"], "The value 'soon' is invalid for '--max-stall", 64),
      (["p", "--max-body", "1"], "--max-body must be within", 64),
      (["p", "--name", "a@b"], "--name must not", 64),
      (["/nowhere/plan.h5", "--port", "0"], "/nowhere/plan.h5", 1),
      (["p", "--media-path", "/nowhere"], "--media-path: /nowhere is no folder", 1),
      (["p", "--api-key-file", "/nowhere"], "/nowhere: cannot be read as a file of keys", 1),
    ] as [([String], String, Int32)])
  func `what cannot be served is one line and an exit code`(words: [String], message: String, status: Int32)
    throws
  {
    let result = try Program.run("espalier-serve", words)
    #expect(result.status == status && result.output.isEmpty)
    let line = result.errors.split(separator: "\n").first { $0.hasPrefix("Error: ") }
    #expect(line?.contains(message) == true, "\(result.errors)")
  }

  @Test func `a point that the plan does not have, and a file that is none, end the server`() throws {
    let point = try Program.run("espalier-serve", [plan, "--port", "0", "--point", "fast"])
    #expect(
      point.status == 1
        && point.errors.contains("--point: there is no operating point 'fast'; there are dense"))
    let file = try folder.write("no plan", to: "not.h5")
    let result = try Program.run("espalier-serve", [file, "--port", "0"])
    #expect(result.status == 1 && result.errors.contains("Error: \(file)"))
    let unknown = try Program.shell(
      "ESPALIER_SERVE_FOO=1 exec \"$0\" \"$@\"", [Program.path("espalier-serve"), plan])
    #expect(unknown.status == 1 && unknown.errors.contains("ESPALIER_SERVE_FOO: there is no such option"))
  }

  // MARK: Requests

  @Test func `it answers, and says what it is`() throws {
    let server = try RunningServer([plan])
    #expect(try server.get("/health").status == 200)
    #expect(try server.get("/v1/models").body.contains(#""id": "tiny@dense""#))
    let answer = try server.post("/v1/chat/completions", Self.hello)
    #expect(answer.status == 200 && answer.body.contains(#""model": "tiny@dense""#))
    let page = try server.get("/")
    #expect(page.status == 200 && page.head.contains("default-src 'none'"))
    #expect(page.body.lowercased().hasPrefix("<!doctype html>"))
    #expect(try server.get("/openapi.json").body.contains(#""openapi": "3.1.0""#))
    #expect(try server.get("/metrics").body.contains("espalier_requests_total{outcome=\"answered\"} 1\n"))
    #expect(try server.get("/v1/models/tiny@dense").status == 200 && server.get("/v1/models/x").status == 404)
  }

  @Test(
    arguments: [
      ("GET", "/nothing", "", 404), ("DELETE", "/health", "", 405), ("GET", "/v1/chat/completions", "", 405),
      ("POST", "/v1/chat/completions", "{", 400), ("POST", "/api/chat", "{}", 400),
      ("POST", "/tokenize", "[]", 400),
    ])
  func `errors have a status and the form of their interface`(
    method: String, path: String, body: String, status: Int
  ) throws {
    let server = try RunningServer([plan])
    let reply = try server.send(method, path, body)
    #expect(reply.status == status)
    #expect(reply.body.hasPrefix(path.hasPrefix("/api/") ? #"{"error": ""# : #"{"error": {"message": ""#))
    #expect(!reply.body.contains(folder.file("")))
  }

  @Test func `a body beyond the limit is refused before it has come`() throws {
    let server = try RunningServer([plan, "--max-body", "4KiB"])
    #expect(try server.post("/v1/chat/completions", String(repeating: "x", count: 5000)).status == 413)
  }

  @Test func `who has no key is told so, and the page stays open`() throws {
    let keys = try folder.write("# two\nfirst\n second \n", to: "keys")
    let server = try RunningServer([plan, "--api-key-file", keys])
    for key in ["", "Authorization: Bearer firs", "Authorization: Bearer firstt", "Authorization: first"] {
      #expect(try server.get("/v1/models", [key]).status == 401)
    }
    for key in ["first", "second"] {
      #expect(try server.get("/v1/models", ["Authorization: Bearer \(key)"]).status == 200)
    }
    #expect(try server.get("/").status == 200 && server.get("/health").status == 200)
  }

  @Test func `pages of other sites and strange names are refused`() throws {
    let server = try RunningServer([plan, "--allow-host", "box.example"])
    #expect(try server.get("/v1/models", ["Origin: http://evil.example"]).status == 403)
    #expect(try server.get("/v1/models", ["Origin: http://127.0.0.1:\(server.port)"]).status == 200)
    #expect(try server.get("/v1/models", host: "evil.example").status == 403)
    for host in ["box.example", "localhost", "127.0.0.1:1", "[::1]:5"] {
      #expect(try server.get("/v1/models", host: host).status == 200)
    }
  }

  @Test func `it listens on a unix socket, also where one was left behind`() throws {
    let path = folder.file("s")
    for _ in 0..<2 {
      let server = try RunningServer([plan, "--unix-socket", path])
      #expect(try server.get("/health").status == 200)
      server.kill()
    }
    let file = try folder.write("mine", to: "file")
    let result = try Program.run("espalier-serve", [plan, "--unix-socket", file])
    #expect(result.status == 1 && result.errors.contains("is there already, and is no socket"))
  }

  // MARK: The end

  @Test func `a signal ends it once what it has is answered`() throws {
    let server = try RunningServer([plan])
    let stream = try server.open(
      "POST", "/v1/chat/completions",
      #"{"messages": [{"role": "user", "content": "hi"}], "max_tokens": 200, "stream": true, "logit_bias": {"256": -100}}"#
    )
    let beginning = stream.some()
    server.terminate()
    let reply = beginning + stream.rest()
    #expect(reply.contains("data: [DONE]"))
    #expect(server.status() == 0)
  }

  private static let hello = #"{"messages": [{"role": "user", "content": "hi"}], "max_tokens": 4}"#
}

/// A server that runs beside a test, on a free port or a socket.
private final class RunningServer {
  let port: Int
  private let socketPath: String?
  private let process = Process()

  init(_ words: [String]) throws {
    process.executableURL = URL(fileURLWithPath: Program.path("espalier-serve"))
    socketPath = words.firstIndex(of: "--unix-socket").map { words[$0 + 1] }
    process.arguments = words + (socketPath == nil ? ["--port", "0"] : [])
    let errors = Pipe()
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // It says where it listens, and that the plan is open.
    var text = ""
    var port: Int?
    while port == nil || !text.contains("ready after") {
      let data = errors.fileHandleForReading.availableData
      guard !data.isEmpty else { throw Failure(description: text) }
      text += String(decoding: data, as: UTF8.self)
      port =
        text.firstMatch(of: /listening on http:\/\/[^:]+:(\d+)/).flatMap { Int($0.1) }
        ?? (socketPath == nil ? nil : 0)
    }
    self.port = port ?? 0
    // What it says later must not fill the pipe.
    errors.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
  }

  deinit { kill() }

  struct Failure: Error { let description: String }

  struct Reply {
    let status: Int
    let head: String
    let body: String
  }

  func get(_ path: String, _ headers: [String] = [], host: String? = nil) throws -> Reply {
    try send("GET", path, "", headers, host: host)
  }

  func post(_ path: String, _ body: String) throws -> Reply { try send("POST", path, body) }

  func send(
    _ method: String, _ path: String, _ body: String, _ headers: [String] = [], host: String? = nil
  ) throws -> Reply {
    let text = try open(method, path, body, headers, host: host).rest()
    guard let end = text.firstRange(of: "\r\n\r\n"), let status = Int(text.dropFirst(9).prefix(3)) else {
      throw Failure(description: text)
    }
    return Reply(status: status, head: String(text[..<end.lowerBound]), body: String(text[end.upperBound...]))
  }

  /// Sends a request and returns the connection, on which the reply comes.
  func open(
    _ method: String, _ path: String, _ body: String, _ headers: [String] = [], host: String? = nil
  ) throws -> Connection {
    let connection = try socketPath.map { try Connection(socket: $0) } ?? Connection(port: port)
    let lines =
      [
        "\(method) \(path) HTTP/1.1", "Host: \(host ?? "127.0.0.1:\(port)")", "Connection: close",
        "Content-Length: \(body.utf8.count)",
      ] + headers.filter { !$0.isEmpty }
    connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    return connection
  }

  func terminate() { process.terminate() }

  func kill() {
    if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  func status() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}

/// One connection to a server.
private final class Connection {
  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    try connect(&address)
  }

  init(socket path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    try connect(&address)
  }

  deinit { close(descriptor) }

  private func connect<Address>(_ address: inout Address) throws {
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    guard result == 0 else { throw RunningServer.Failure(description: String(cString: strerror(errno))) }
  }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      // A server that refuses early closes before it has read everything.
      let count = bytes[sent...].withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  /// What comes first.
  func some() -> String {
    var part = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(descriptor, &part, part.count)
    return String(decoding: part.prefix(max(0, count)), as: UTF8.self)
  }

  /// Everything up to the end.
  func rest() -> String {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &part, part.count)
      if count <= 0 { break }
      bytes += part[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
