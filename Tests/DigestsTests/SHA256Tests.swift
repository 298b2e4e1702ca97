import Testing
import TestSupport

@testable import Digests

/// Vectors of FIPS 180-4 and NIST's CAVP.
@Suite(.endsWithin(minutes: 1)) struct SHA256Digests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
        + "mnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func ofShortTexts(text: String, expected: String) {
    var digest = SHA256()
    digest.update(text)
    #expect(digest.hexadecimal() == expected)
  }

  @Test func ofAMillionLetters() {
    var digest = SHA256()
    digest.update([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
    #expect(digest.hexadecimal() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func doesNotDependOnThePieces() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var whole = SHA256()
    whole.update(bytes)
    for size in [1, 3, 63, 64, 65, 127, 200] {
      var pieces = SHA256()
      for start in stride(from: 0, to: bytes.count, by: size) {
        pieces.update(Array(bytes[start..<min(start + size, bytes.count)]))
      }
      #expect(pieces.hexadecimal() == whole.hexadecimal(), "pieces of \(size)")
    }
  }

  @Test func isTheSameWithTheProcessorsInstructionsAndWithout() {
    for size in [0, 1, 55, 56, 64, 119, 128, 1000, 4096] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ size) }
      var (own, portable) = (SHA256(), SHA256(usesInstructions: false))
      own.update(bytes)
      portable.update(bytes)
      #expect(own.hexadecimal() == portable.hexadecimal(), "\(size) bytes")
    }
  }
}
