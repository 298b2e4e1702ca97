import Foundation
import Output
import TestSupport
import Testing

/// A file is there whole or as it was before.
@Suite(.endsWithin(minutes: 1)) struct AtomicFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()) ?? []
  }

  private func content(_ name: String) throws -> String {
    try String(contentsOfFile: folder.file(name), encoding: .utf8)
  }

  @Test func `a file appears when it is published`() throws {
    let file = try AtomicFile(for: folder.file("a"))
    try Array("new".utf8).withUnsafeBytes { try file.append($0) }
    #expect(names.count == 1 && names != ["a"])
    try file.publish()
    #expect(try names == ["a"] && content("a") == "new")
  }

  @Test func `a file that is not published leaves nothing, and what was there`() throws {
    try folder.write("old", to: "a")
    do { _ = try AtomicFile(for: folder.file("a")) }
    let file = try AtomicFile(for: folder.file("a"))
    file.discard()
    #expect(try names == ["a"] && content("a") == "old")
  }

  @Test(arguments: [1, 200, 250, 255]) func `a name may be as long as the system lets it be`(length: Int)
    throws
  {
    let name = String(repeating: "n", count: length)
    try AtomicFile.write([1], to: folder.file(name))
    #expect(names == [name])
    let companion = try #require(try AtomicFile.companion(".calibration-state", of: folder.file(name)))
    try AtomicFile.write([1], to: companion)
    #expect(names.count == 2)
  }

  @Test func `permissions of a file that is replaced stay`() throws {
    let path = try folder.write("old", to: "a")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    try AtomicFile.write([1], to: path)
    let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(permissions == 0o640)
  }

  @Test func `a link stays, and what it names is replaced`() throws {
    try folder.write("old", to: "target")
    for (link, name) in [("absolute", folder.file("target")), ("relative", "target"), ("second", "relative")]
    {
      try FileManager.default.createSymbolicLink(atPath: folder.file(link), withDestinationPath: name)
      try AtomicFile.write(Array(link.utf8), to: folder.file(link))
      #expect(try content("target") == link)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file(link)) == name)
    }
  }

  @Test func `a link to nothing gets what it names`() throws {
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "new")
    try AtomicFile.write(Array("x".utf8), to: folder.file("link"))
    #expect(try names == ["link", "new"] && content("new") == "x")
  }

  @Test func `links in a circle are an error`() throws {
    try FileManager.default.createSymbolicLink(atPath: folder.file("a"), withDestinationPath: "b")
    try FileManager.default.createSymbolicLink(atPath: folder.file("b"), withDestinationPath: "a")
    #expect(throws: OutputError.self) { try AtomicFile.write([], to: folder.file("a")) }
  }

  @Test func `a pipe is written through and stays a pipe`() throws {
    let path = folder.file("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    // Open for both, so that nobody waits.
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    try AtomicFile.write(Array("through".utf8), to: path)
    var bytes = [UInt8](repeating: 0, count: 7)
    #expect(read(descriptor, &bytes, 7) == 7 && bytes == Array("through".utf8))
    #expect(names == ["pipe"])
  }

  @Test func `a full device says so and stays a device`() throws {
    #expect(throws: OutputError.self) { try AtomicFile.write([1], to: "/dev/full") }
    var status = stat()
    #expect(stat("/dev/full", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test(arguments: [
    ("", "is no name of a file"), ("no/such/a", "No such file or directory"), ("file/a", "Not a directory"),
    ("folder", "is a folder"), ("folder/", "is a folder"), ("new/", "is no name of a file"),
  ])
  func `where no file can be made is an error`(name: String, reason: String) throws {
    try folder.write("x", to: "file")
    try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: false)
    let path = name.isEmpty ? "" : folder.file(name)
    let error = #expect(throws: OutputError.self) { try AtomicFile.check(path, inputs: []) }
    #expect(error?.path == path && error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
  }

  @Test func `what is being written is left alone, what nobody writes any more goes`() throws {
    let living = try AtomicFile(for: folder.file("a"))
    // A process that died is one that holds no lock.
    let dead = try AtomicFile.scratchPath(for: folder.file("a"))
    try [UInt8](repeating: 1, count: 10).withUnsafeBytes { bytes in
      try Data(bytes).write(to: URL(filePath: dead))
    }
    let foreign = try AtomicFile.scratchPath(for: folder.file("b"))
    try Data().write(to: URL(filePath: foreign))
    try AtomicFile.write([2], to: folder.file("a"))
    #expect(FileManager.default.fileExists(atPath: living.path))
    #expect(!FileManager.default.fileExists(atPath: dead))
    #expect(FileManager.default.fileExists(atPath: foreign))
  }

  @Test func `what is made beside an unfinished file belongs to the same destination`() throws {
    let scratch = try AtomicFile.scratchPath(for: folder.file("a"))
    let nested = try AtomicFile.scratchPath(for: scratch)
    try Data().write(to: URL(filePath: nested))
    try AtomicFile.write([2], to: folder.file("a"))
    #expect(names == ["a"])
  }

  @Test func `an input is no output, whatever its name`() throws {
    let input = try folder.write("x", to: "input")
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "input")
    try FileManager.default.linkItem(atPath: input, toPath: folder.file("hard"))
    for output in ["input", "link", "hard"] {
      #expect(throws: OutputError(folder.file(output), "is \(input) itself")) {
        try AtomicFile.check(folder.file(output), inputs: ["/none", input])
      }
      #expect(throws: OutputError.self) { try AtomicFile.check(folder.file(output), inputs: [folder.path]) }
    }
    try AtomicFile.check(folder.file("other"), inputs: [input, folder.path])
    try AtomicFile.check("/dev/null", inputs: ["/dev/null"])
    #expect(names == ["hard", "input", "link"])
  }
}
