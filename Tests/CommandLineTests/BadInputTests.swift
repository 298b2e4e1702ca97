import Foundation
import TestSupport
import Testing

/// Bad input gives one clear line that names the file and the reason, exit 1, and nothing on stdout.
@Suite(.endsWithin(minutes: 5)) struct BadInputTests {
  let temporary: TemporaryFolder
  var folder: URL { URL(filePath: temporary.path) }
  let picture = ReferencePlan.scenes.appendingPathComponent("images/test-003.jpg").path

  init() throws { temporary = try TemporaryFolder() }

  @Test func `a missing plan`() throws {
    try expectFailure("espalier-run", run(plan: file("none.h5")), mentions: "none.h5", "No such file")
  }

  @Test(arguments: [0, 7, 100, 5000, 1_000_000]) func `a truncated plan`(length: Int) throws {
    let plan = file("cut.h5")
    try Data(contentsOf: URL(fileURLWithPath: ReferencePlan.path())).prefix(length).write(
      to: URL(fileURLWithPath: plan))
    try expectFailure("espalier-run", run(plan: plan), mentions: "cut.h5")
  }

  @Test func `a text file as plan`() throws {
    let plan = try text("plan.h5", "not a plan\n")
    try expectFailure("espalier-run", run(plan: plan), mentions: "plan.h5", "HDF5")
  }

  @Test func `a flipped byte in a weight is found by verify and by --check`() throws {
    let plan = file("flipped.h5")
    var data = try Data(contentsOf: URL(fileURLWithPath: ReferencePlan.path()))
    // Nearly all of the file is weights.
    data[data.count / 2] ^= 0x10
    try data.write(to: URL(fileURLWithPath: plan))
    try expectFailure("espalier", ["verify", plan], mentions: "flipped.h5", "/weights/", "digest")
    try expectFailure(
      "espalier-run", run(plan: plan) + ["--check"], mentions: "flipped.h5", "/weights/", "digest")
  }

  @Test func `a text file as picture`() throws {
    let picture = try text("words.jpg", "these are words\n")
    try expectFailure("espalier-run", try run(picture: picture), mentions: "words.jpg")
  }

  @Test func `an empty file as picture`() throws {
    try expectFailure("espalier-run", try run(picture: text("empty.png", "")), mentions: "empty.png", "empty")
  }

  @Test func `a PNG header of 100,000 x 100,000 pixels`() throws {
    let path = file("bomb.png")
    try PNGHeader.bytes(width: 100_000, height: 100_000).write(to: URL(fileURLWithPath: path))
    try expectFailure("espalier-run", try run(picture: path), mentions: "bomb.png", "100000")
  }

  @Test func `a missing picture`() throws {
    try expectFailure("espalier-run", try run(picture: file("none.jpg")), mentions: "none.jpg")
  }

  @Test(arguments: ["", "  \n"]) func `an empty prompt`(prompt: String) throws {
    try expectFailure("espalier-run", try run(prompt: prompt), mentions: "prompt", "empty")
  }

  @Test func `a prompt longer than the model's context`() throws {
    let prompt = String(repeating: "What digit is green? ", count: 2000)
    try expectFailure("espalier-run", try run(prompt: prompt), mentions: "prompt", "2048")
  }

  @Test func `an unknown operating point`() throws {
    try expectFailure("espalier-run", try run() + ["--point", "warp"], mentions: "warp", "dense")
  }

  @Test func `a calibration line without picture`() throws {
    let set = try text("set.jsonl", "{\"id\": \"a\", \"prompt\": \"What?\"}\n")
    let output = file("out.h5")
    try expectFailure("espalier", compile(set, set, output), mentions: "set.jsonl", "line 1", "image")
    #expect(try remains() == ["set.jsonl"])
  }

  @Test func `a calibration line that names a picture that is not there`() throws {
    let set = try text("set.jsonl", "\n{\"image\": \"gone.jpg\", \"prompt\": \"What?\"}\n")
    try expectFailure(
      "espalier", compile(set, set, file("out.h5")), mentions: "set.jsonl", "line 2", "gone.jpg")
  }

  @Test func `an output folder that is not there`() throws {
    let output = folder.appendingPathComponent("no/such/out.h5").path
    try expectFailure(
      "espalier", ["import", ReferencePlan.checkpoint, "--output", output], mentions: "out.h5")
    let set = ReferencePlan.scenes.appendingPathComponent("calibration.jsonl").path
    try expectFailure("espalier", compile(set, set, output), mentions: "out.h5")
  }

  @Test func `an output that cannot hold the plan leaves the old plan as it was`() throws {
    let output = try text("out.h5", "the old plan")
    // A file size limit is what a full disk looks like to a program, without needing one.
    let result = try Program.shell(
      "trap '' XFSZ; ulimit -f 2048; exec \"$0\" \"$@\"",
      [Program.path("espalier"), "import", ReferencePlan.checkpoint, "--output", output])
    #expect(result.status == 1)
    #expect(result.errors.contains("out.h5"))
    #expect(try String(contentsOfFile: output, encoding: .utf8) == "the old plan")
    #expect(try remains() == ["out.h5"])
  }

  @Test func `a checkpoint folder that is not there`() throws {
    let output = file("out.h5")
    try expectFailure("espalier", ["import", file("nowhere"), "--output", output], mentions: "nowhere")
    #expect(!FileManager.default.fileExists(atPath: output))
  }

  @Test func `a command line that makes no sense exits with 64`() throws {
    let lines: [(String, [String])] = [
      ("espalier", ["frobnicate"]), ("espalier", ["evaluate"]), ("espalier", ["import", "x"]),
      ("espalier-run", []), ("espalier-run", ["plan.h5"]), ("espalier-run", ["plan.h5", "--frob"]),
      ("espalier-run", ["plan.h5", "--prompt", "x", "--image", "y", "--max-tokens", "many"]),
      ("espalier-run", ["plan.h5", "--prompt", "x", "--image", "y", "--temperature", "-1"]),
    ]
    for (program, arguments) in lines {
      let result = try Program.run(program, arguments)
      #expect(result.status == 64, "\(program) \(arguments)")
      #expect(result.output.isEmpty && result.errors.hasPrefix("Error: "))
    }
  }

  private func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func text(_ name: String, _ content: String) throws -> String {
    try Data(content.utf8).write(to: folder.appendingPathComponent(name))
    return file(name)
  }

  private func remains() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private func run(plan: String) -> [String] {
    [plan, "--image", picture, "--prompt", "What digit is green?"]
  }

  private func run(picture: String? = nil, prompt: String = "What digit is green?") throws -> [String] {
    [try ReferencePlan.path(), "--image", picture ?? self.picture, "--prompt", prompt]
  }

  private func compile(_ calibration: String, _ validation: String, _ output: String) -> [String] {
    [
      "compile", ReferencePlan.checkpoint, "--calibration", calibration, "--validation", validation,
      "--output", output,
    ]
  }

  private func expectFailure(_ program: String, _ arguments: [String], mentions words: String...) throws {
    let result = try Program.run(program, arguments)
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 1, "\(result.errors)")
    for word in words { #expect(result.errors.contains(word), "\(result.errors) should mention \(word)") }
  }
}

/// The first bytes of a PNG, with a correct checksum: all a decoder needs to know the size.
private enum PNGHeader {
  static func bytes(width: UInt32, height: UInt32) -> Data {
    var chunk = Data("IHDR".utf8)
    for value in [width, height] { chunk.append(contentsOf: bigEndian(value)) }
    chunk.append(contentsOf: [8, 2, 0, 0, 0])
    var data = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13])
    data.append(chunk)
    data.append(contentsOf: bigEndian(checksum(chunk)))
    return data
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

  private static func checksum(_ data: Data) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in data {
      sum ^= UInt32(byte)
      for _ in 0..<8 {
        let carry = sum & 1 == 1
        sum >>= 1
        if carry { sum ^= 0xEDB8_8320 }
      }
    }
    return ~sum
  }
}
