import Signatures
import TestSupport
import Testing

@testable import Signing

/// Keys that minisign made are opened, and sign what minisign's public keys verify.
@Suite(.endsWithin(minutes: 2)) struct SecretKeyTests {
  static let password = "correct horse"

  /// Opens a key of the golden ones, and fails where a password is asked for although there is none.
  static func open(_ name: String, password: String?) throws(SigningError) -> SecretKey {
    try SecretKey(contentsOf: SignatureGolden.minisign("\(name).key")) { () throws(SigningError) in
      guard let password else { throw .noPassword("nobody is here") }
      return SecretBytes(password.utf8)
    }
  }

  /// `plain` has no password; `stripped` is `light` without its password; `heavy` takes 1 GiB.
  @Test(arguments: ["plain", "light", "stripped", "heavy"])
  func `a key signs what its public key verifies`(name: String) throws {
    let isEncrypted = name == "light" || name == "heavy"
    let key = try Self.open(name, password: isEncrypted ? Self.password : nil)
    let keys = try TrustedKeys(
      contentsOf: SignatureGolden.minisign(name == "stripped" ? "light.pub" : "\(name).pub"))
    #expect(key.publicKey.text == keys.keys[0].text)

    let message = try PlanStatement(contentsDigest: String(repeating: "1", count: 64)).bytes
    let text = try key.sign(message, trustedComment: "é\t1")
    let signature = try SignatureFile(Array(text.utf8), file: "a")
    #expect(signature.algorithm == .hashed)
    let verified = try signature.verify(message, with: keys)
    #expect(verified.trustedComment == "é\t1")
    #expect(try text == key.sign(message, trustedComment: "é\t1"))
  }

  @Test func `a signature is the one that minisign makes, byte for byte`() throws {
    let key = try Self.open("plain", password: nil)
    let text = try key.sign(SignatureGolden.bytes("statement"), trustedComment: "signed for a test")
    #expect(try Array(text.utf8) == SignatureGolden.bytes("statement.plain.hashed.minisig"))
    let other = try Self.open("light", password: Self.password)
      .sign(
        SignatureGolden.bytes("statement"), trustedComment: "Größe: 1\tkB, 漢字", comment: "another comment")
    #expect(try Array(other.utf8) == SignatureGolden.bytes("statement.light.hashed.minisig"))
  }

  @Test func `a wrong password and a missing one are errors`() throws {
    let file = SignatureGolden.minisign("light.key")
    for wrong in ["correct hors", "correct horse ", "x"] {
      #expect(throws: SigningError.wrongPassword(file: file)) { try Self.open("light", password: wrong) }
    }
    #expect(throws: SigningError.noPassword("nobody is here")) { try Self.open("light", password: nil) }
    #expect(
      throws: SigningError.unreadable(
        file: SignatureGolden.minisign("none.key"), reason: "No such file or directory")
    ) { try Self.open("none", password: nil) }
  }

  @Test func `comments that minisign does not read are refused`() throws {
    let key = try Self.open("plain", password: nil)
    for comment in ["a\nb", "a\r", "\u{1b}[2J", "\0", "\u{85}"] {
      #expect(throws: SigningError.comment("has control characters")) {
        try key.sign([], trustedComment: comment)
      }
      #expect(throws: SigningError.comment("has control characters")) {
        try key.sign([], trustedComment: "", comment: comment)
      }
    }
    let longest = String(repeating: "a", count: 8173)
    let text = try key.sign(
      [], trustedComment: longest, comment: String(longest.prefix(SecretKey.commentLimit)))
    let keys = try #require(TrustedKeys([key.publicKey]))
    #expect(try SignatureFile(Array(text.utf8), file: "a").verify([], with: keys).trustedComment == longest)
    #expect(throws: SigningError.comment("is longer than minisign reads")) {
      try key.sign([], trustedComment: longest + "a")
    }
    #expect(throws: SigningError.comment("is longer than minisign reads")) {
      try key.sign([], trustedComment: "", comment: longest)
    }
  }
}
