import TestSupport
import Testing

@testable import Signatures

/// A file of trusted keys is what minisign writes, once or several times.
@Suite(.endsWithin(minutes: 1)) struct TrustedKeysTests {
  private static func line(_ name: String) throws -> String {
    let text = String(decoding: try SignatureGolden.bytes(name), as: UTF8.self)
    return String(text.split(separator: "\n")[1])
  }

  @Test func `keys stand among comments and blank lines`() throws {
    let (first, second) = (try Self.line("plain.pub"), try Self.line("light.pub"))
    let text = "\nuntrusted comment: of the press\r\n\(first)\r\n \t\n\(second)\n\nuntrusted comment: end"
    let keys = try TrustedKeys(Array(text.utf8), file: "keys").keys
    #expect(keys.map(\.text) == [first, second])
    #expect(keys.map(\.comment) == ["of the press", nil])
    #expect(try TrustedKeys(Array(first.utf8), file: "keys").keys.map(\.text) == [first])
  }

  @Test func `a line that is no key is named`() throws {
    let key = try Self.line("plain.pub")
    let wrong = Array(key.utf8.dropLast(1))
    let cases = [
      ("trusted comment: a", "is neither a comment nor a key in base64"),
      (String(decoding: wrong, as: UTF8.self), "is neither a comment nor a key in base64"),
      (" \(key)", "is neither a comment nor a key in base64"),
      ("AAAA", "has 3 bytes, where a public key has 42"),
      ("RUQ" + key.dropFirst(3), "is no key of Ed25519"),
      (
        Base64.encode(Array("Ed".utf8) + [UInt8](repeating: 0, count: 40)), "is no valid key of Ed25519"
      ),
    ]
    for (line, reason) in cases {
      let text = "untrusted comment: a\n\(key)\n\n\(line)\n"
      #expect(throws: SignatureError.malformed(file: "keys", line: 4, reason: reason)) {
        try TrustedKeys(Array(text.utf8), file: "keys")
      }
    }
    #expect(SignatureError.malformed(file: "k", line: 4, reason: "is bad").description == "k: line 4 is bad")
  }

  @Test(arguments: ["", "\n\n", "untrusted comment: nothing else\n"])
  func `a file without a key is an error`(text: String) {
    #expect(throws: SignatureError.noKeys(file: "keys")) { try TrustedKeys(Array(text.utf8), file: "keys") }
  }

  @Test func `a file that cannot be read is named with the reason`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("keys")
    #expect(throws: SignatureError.unreadable(file: path, reason: "No such file or directory")) {
      try TrustedKeys(contentsOf: path)
    }
    #expect(throws: SignatureError.unreadable(file: folder.path, reason: "Is a directory")) {
      try TrustedKeys(contentsOf: folder.path)
    }
    #expect(TrustedKeys([PublicKey]()) == nil)
  }
}
