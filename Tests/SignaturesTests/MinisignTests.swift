import TestSupport
import Testing

@testable import Signatures

/// What minisign signed is verified, and who signed it named.
@Suite(.endsWithin(minutes: 1)) struct MinisignTests {
  @Test(arguments: ["statement", "empty", "zeros"], ["hashed", "legacy"])
  func `signatures of both forms are verified`(message: String, form: String) throws {
    let signature = try SignatureFile(
      contentsOf: SignatureGolden.minisign("\(message).plain.\(form).minisig"))
    let keys = try TrustedKeys(contentsOf: SignatureGolden.minisign("plain.pub"))
    #expect(signature.algorithm == (form == "hashed" ? .hashed : .plain))
    let verified = try signature.verify(SignatureGolden.bytes(message), with: keys)
    #expect(verified.key == keys.keys[0])
    #expect(verified.trustedComment.hasPrefix("signed for a test"))
    #expect(verified.key.comment?.hasPrefix("minisign public key ") == true)
  }

  @Test(arguments: ["light.hashed", "light.legacy", "heavy.hashed"])
  func `signatures of keys with a password are verified`(name: String) throws {
    let all = try ["plain.pub", "light.pub", "heavy.pub"].flatMap { try SignatureGolden.bytes($0) }
    let keys = try TrustedKeys(all, file: "all.pub")
    let signature = try SignatureFile(contentsOf: SignatureGolden.minisign("statement.\(name).minisig"))
    let verified = try signature.verify(SignatureGolden.bytes("statement"), with: keys)
    #expect(verified.key == keys.keys[name.hasPrefix("light") ? 1 : 2])
  }

  @Test func `a trusted comment may have tabs and any letters`() throws {
    let signature = try SignatureFile(contentsOf: SignatureGolden.minisign("statement.light.hashed.minisig"))
    let keys = try TrustedKeys(contentsOf: SignatureGolden.minisign("light.pub"))
    let verified = try signature.verify(SignatureGolden.bytes("statement"), with: keys)
    #expect(verified.trustedComment == "Größe: 1\tkB, 漢字")
  }

  @Test func `a signature is written as it was read`() throws {
    let bytes = try SignatureGolden.bytes("statement.light.hashed.minisig")
    let signature = try SignatureFile(bytes, file: "a")
    #expect(Array(signature.text(comment: "another comment").utf8) == bytes)
  }

  @Test func `line ends of another system are line ends`() throws {
    let bytes = try SignatureGolden.bytes("statement.plain.hashed.minisig").flatMap {
      $0 == 10 ? [13, 10] : [$0]
    }
    let keys = try TrustedKeys(contentsOf: SignatureGolden.minisign("plain.pub"))
    #expect(throws: Never.self) {
      try SignatureFile(bytes, file: "a").verify(SignatureGolden.bytes("statement"), with: keys)
    }
  }

  @Test func `errors say in one line what does not hold`() throws {
    let keys = try TrustedKeys(contentsOf: SignatureGolden.minisign("plain.pub"))
    let id = keys.keys[0].id
    let message = try SignatureGolden.bytes("statement")
    let bytes = try SignatureGolden.bytes("statement.plain.hashed.minisig")
    let signature = try SignatureFile(bytes, file: "plan.h5.minisig")

    let others = try TrustedKeys(contentsOf: SignatureGolden.minisign("light.pub"))
    #expect(throws: SignatureError.unknownKey(file: "plan.h5.minisig", id: id)) {
      try signature.verify(message, with: others)
    }
    #expect(throws: SignatureError.mismatch(file: "plan.h5.minisig", id: id)) {
      try signature.verify(message + [10], with: keys)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let altered = text.replacing("signed for a test", with: "signed for a rest")
    #expect(throws: SignatureError.alteredComment(file: "plan.h5.minisig", id: id)) {
      try SignatureFile(Array(altered.utf8), file: "plan.h5.minisig").verify(message, with: keys)
    }
    let relabelled = text.replacing("\nRUQ", with: "\nRWQ").replacing("\nRU", with: "\nRW")
    #expect(throws: SignatureError.mismatch(file: "plan.h5.minisig", id: id)) {
      try SignatureFile(Array(relabelled.utf8), file: "plan.h5.minisig").verify(message, with: keys)
    }
    #expect(
      SignatureError.unknownKey(
        file: "p.minisig", id: KeyID([0x31, 0x1e, 0x24, 0x13, 0x0e, 0xfc, 0xc7, 0x04])
      )
      .description == "p.minisig: the signature is by key 04C7FC0E13241E31, which is not trusted")
  }

  @Test func `keys of the same number are all tried`() throws {
    let keys = try TrustedKeys(contentsOf: SignatureGolden.minisign("plain.pub")).keys
    let other = try TrustedKeys(contentsOf: SignatureGolden.minisign("light.pub")).keys[0]
    let namesake = PublicKey(id: keys[0].id, key: other.key)
    let signature = try SignatureFile(contentsOf: SignatureGolden.minisign("statement.plain.hashed.minisig"))
    let verified = try signature.verify(
      SignatureGolden.bytes("statement"), with: #require(TrustedKeys([namesake, keys[0]])))
    #expect(verified.key == keys[0])
  }

  @Test func `a file that is not there is no signature, and a folder none either`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: SignatureError.missing(file: folder.file("a.minisig"))) {
      try SignatureFile(contentsOf: folder.file("a.minisig"))
    }
    #expect(throws: SignatureError.unreadable(file: folder.path, reason: "is not a regular file")) {
      try SignatureFile(contentsOf: folder.path)
    }
    try folder.write([UInt8](repeating: 65, count: SignatureFile.sizeLimit + 1), to: "long")
    #expect(throws: SignatureError.unreadable(file: folder.file("long"), reason: "has more than 16384 bytes"))
    {
      try SignatureFile(contentsOf: folder.file("long"))
    }
  }
}
