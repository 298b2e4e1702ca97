import TestSupport
import Testing

@testable import Signatures

/// Signatures are accepted and refused as libsodium's `crypto_sign_verify_detached` does, published ones and hostile
/// ones: `Tests/Golden/signatures/make_golden.py`.
@Suite(.endsWithin(minutes: 1)) struct VerifyingKeyTests {
  struct Entry: Decodable {
    var name: String
    var key: String
    var message: String
    var signature: String
    var valid: Bool
  }

  @Test func `every signature has libsodium's verdict`() throws {
    let entries: [Entry] = try SignatureGolden.read("ed25519.json")
    #expect(entries.count > 250)
    for entry in entries {
      let key = VerifyingKey(SignatureGolden.bytes(hexadecimal: entry.key))
      let isValid = key?.isValid(
        SignatureGolden.bytes(hexadecimal: entry.signature),
        of: SignatureGolden.bytes(hexadecimal: entry.message))
      #expect(isValid ?? false == entry.valid, "\(entry.name)")
    }
  }

  @Test func `keys of small order, longer forms and numbers on no point are no keys`() throws {
    let entries: [Entry] = try SignatureGolden.read("ed25519.json")
    for entry in entries where !entry.name.contains("as R") {
      let isBad = ["key of small order", "y = "].contains { entry.name.hasPrefix($0) }
      if isBad {
        #expect(VerifyingKey(SignatureGolden.bytes(hexadecimal: entry.key)) == nil, "\(entry.name)")
      }
    }
  }

  @Test func `keys and signatures of another length are refused`() throws {
    let entries: [Entry] = try SignatureGolden.read("ed25519.json")
    let entry = try #require(entries.first)
    let (key, signature) = (
      SignatureGolden.bytes(hexadecimal: entry.key), SignatureGolden.bytes(hexadecimal: entry.signature)
    )
    for count in Array(0..<32) + [33, 64] {
      #expect(VerifyingKey(Array((key + key).prefix(count))) == nil)
    }
    for count in Array(0..<64) + [65, 128] {
      #expect(try !#require(VerifyingKey(key)).isValid(Array((signature + signature).prefix(count)), of: []))
    }
  }
}
