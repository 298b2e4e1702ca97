import TestSupport
import Testing

@testable import Signatures

/// Digests are those of Python's hashlib, at every length where blocks end.
@Suite(.endsWithin(minutes: 1)) struct HashTests {
  struct Entry: Decodable {
    var length: Int
    var sha512: String
    var blake2b: String
    var blake2b_256: String
  }

  @Test func `messages of many lengths have the digests that hashlib computes`() throws {
    let entries: [Entry] = try SignatureGolden.read("hashes.json")
    #expect(entries.count > 40)
    for entry in entries {
      let message = SignatureGolden.pattern(entry.length)
      #expect(
        SHA512.digest(of: message) == SignatureGolden.bytes(hexadecimal: entry.sha512), "\(entry.length)")
      #expect(
        BLAKE2b.digest(of: message) == SignatureGolden.bytes(hexadecimal: entry.blake2b), "\(entry.length)")
      #expect(
        BLAKE2b.digest(of: message, length: 32) == SignatureGolden.bytes(hexadecimal: entry.blake2b_256),
        "\(entry.length)")
    }
  }

  @Test func `BLAKE2b of abc is what RFC 7693 prints`() {
    let expected = """
      ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1\
      7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923
      """
    #expect(BLAKE2b.digest(of: Array("abc".utf8)) == SignatureGolden.bytes(hexadecimal: expected))
  }
}
