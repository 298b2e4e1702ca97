import Signatures
import TestSupport
import Testing

@testable import Signing

/// Signatures are the very bytes of libsodium's, for the vectors of RFC 8032 and for drawn keys.
@Suite(.endsWithin(minutes: 1)) struct SigningKeyTests {
  struct Entry: Decodable {
    var seed: String
    var key: String
    var message: String
    var signature: String
  }

  @Test func `keys and signatures are libsodium's`() throws {
    let entries: [Entry] = try SignatureGolden.read("signing.json")
    #expect(entries.count > 40)
    for entry in entries {
      let key = try #require(SigningKey(seed: SignatureGolden.bytes(hexadecimal: entry.seed)))
      #expect(key.verifyingKey.bytes == SignatureGolden.bytes(hexadecimal: entry.key))
      let message = SignatureGolden.bytes(hexadecimal: entry.message)
      #expect(key.signature(of: message) == SignatureGolden.bytes(hexadecimal: entry.signature))
      #expect(key.verifyingKey.isValid(key.signature(of: message), of: message))
    }
  }

  @Test(arguments: [0, 31, 33, 64]) func `a seed of another length is none`(count: Int) {
    #expect(SigningKey(seed: [UInt8](repeating: 1, count: count)) == nil)
  }
}
