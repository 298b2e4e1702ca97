import Foundation
import Plan
import TestSupport
import Testing

/// Plans are signed and trusted by keys of minisign.
@Suite(.tags(.slow), .skippedWhenFast, .endsWithin(minutes: 3)) struct SignTests {
  private let folder: TemporaryFolder
  private let plan: String
  private static let keys = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Golden/signatures/minisign")

  init() throws {
    folder = try TemporaryFolder()
    plan = try TinyContext.write(in: folder)
  }

  private func key(_ name: String) -> String { Self.keys.appending(path: name).path }

  private func sign(_ more: String...) throws -> ProgramResult {
    try Program.run("espalier", ["sign", plan] + more)
  }

  private func run(_ keys: String, _ more: String...) throws -> ProgramResult {
    try Program.run(
      "espalier-run", [plan, "--prompt", "x", "--max-tokens", "2", "--trusted-keys", keys] + more)
  }

  @Test func `a signed plan is trusted by its key and by no other`() throws {
    let signed = try sign("--key", key("plain.key"), "--comment", "made by us")
    #expect(signed.status == 0, "\(signed.errors)")
    #expect(signed.output.hasPrefix("\(plan).minisig: signed with key "))
    #expect(try run(key("plain.pub")).status == 0)
    let other = try run(key("light.pub"))
    #expect(other.status == 1 && other.output.isEmpty)
    #expect(other.errors.contains("is not trusted") && other.errors.contains("which is not trusted\n"))
    let verified = try Program.run("espalier", ["verify", plan, "--trusted-keys", key("plain.pub")])
    #expect(verified.status == 0 && verified.output.contains("made by us"), "\(verified.errors)")
    // Several keys in one file.
    let both =
      try String(contentsOfFile: key("light.pub"), encoding: .utf8)
      + String(contentsOfFile: key("plain.pub"), encoding: .utf8)
    #expect(try run(try folder.write(both, to: "both.pub")).status == 0)
  }

  @Test func `a plan without a signature, or with one of another plan, is not trusted`() throws {
    let unsigned = try run(key("plain.pub"))
    #expect(unsigned.status == 1 && unsigned.errors.contains("there is no signature"), "\(unsigned.errors)")
    #expect(try sign("--key", key("plain.key")).status == 0)
    // The same plan calibrated otherwise has other contents.
    var contents = TinyContext.contents
    contents.model.family = "another"
    _ = try TinyContext.write(contents, in: folder)
    let changed = try run(key("plain.pub"))
    #expect(changed.status == 1 && changed.errors.contains("does not match"), "\(changed.errors)")
  }

  @Test func `a weight that was changed behind the signature is found`() throws {
    #expect(try sign("--key", key("plain.key")).status == 0)
    var bytes = try Data(contentsOf: URL(filePath: plan))
    bytes[bytes.count - 5000] ^= 1
    try bytes.write(to: URL(filePath: plan))
    let result = try run(key("plain.pub"))
    #expect(result.status == 1 && result.errors.contains("is damaged"), "\(result.errors)")
  }

  @Test func `the message is what minisign signs and checks`() throws {
    let message = try sign("--message")
    #expect(message.status == 0 && message.output.wholeMatch(of: /espalier\.plan 1 [0-9a-f]{64}\n/) != nil)
    #expect(!FileManager.default.fileExists(atPath: "\(plan).minisig"))
  }

  @Test(arguments: [
    (["--key", "none.key"], "none.key: cannot be read"), ([], "Missing expected argument '--key <key>'"),
    (["--message", "--key", "k"], "exclude each other"),
  ])
  func `what cannot sign is one line`(arguments: [String], reason: String) throws {
    let result = try Program.run("espalier", ["sign", plan] + arguments)
    #expect(result.status != 0 && result.errors.contains(reason), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(plan).minisig"))
  }

  @Test func `keys that are none are one line`() throws {
    let result = try run(try folder.write("untrusted comment: x\nno key\n", to: "odd.pub"))
    #expect(result.status == 1 && result.errors.contains("odd.pub: line 2"), "\(result.errors)")
    #expect(result.errors.count { $0 == "\n" } == 1)
  }
}
