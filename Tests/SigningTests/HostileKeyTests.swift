import Signatures
import TestSupport
import Testing

@testable import Signing

/// A damaged secret key is refused with an error, as far as its form shows the damage; none ends the process.
@Suite(.endsWithin(minutes: 2)) struct HostileKeyTests {
  private func open(_ bytes: [UInt8]) -> SecretKey? {
    do throws(SigningError) {
      return try SecretKey(bytes, file: "key") { () throws(SigningError) in
        SecretBytes(SecretKeyTests.password.utf8)
      }
    } catch { return nil }
  }

  /// A file with the decoded key changed.
  private func file(_ bytes: [UInt8]) -> [UInt8] {
    Array("untrusted comment: a\n\(Base64.encode(bytes))\n".utf8)
  }

  private func decoded(_ name: String) throws -> [UInt8] {
    let lines = TextLines(try SignatureGolden.bytes("\(name).key")).lines
    return try #require(Base64.decode(lines[1]))
  }

  @Test func `every beginning of a key is refused, but for the line's end`() throws {
    let bytes = try SignatureGolden.bytes("plain.key")
    for count in 0..<bytes.count - 1 { #expect(open(Array(bytes[..<count])) == nil, "\(count)") }
    #expect(open(bytes.dropLast()) != nil)
    #expect(open(bytes + bytes) == nil)
  }

  @Test func `every changed bit of a key without password is refused, or changes no more than its number`()
    throws
  {
    let bytes = try decoded("plain")
    let key = try #require(open(file(bytes)))
    for place in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        switch place {
        // Salt and limits of an encryption that there is none of.
        case 6..<54: #expect(open(file(changed))?.publicKey == key.publicKey)
        // Nothing protects the number: without a password minisign writes no checksum.
        case 54..<62: #expect(open(file(changed))?.publicKey.text.suffix(40) == key.publicKey.text.suffix(40))
        default:
          // 'S' and 'c' are more than one bit away.
          #expect(open(file(changed)) == nil, "\(place)")
        }
      }
    }
  }

  @Test func `a key that had a password keeps its checksum`() throws {
    let bytes = try decoded("stripped")
    #expect(open(file(bytes)) != nil)
    for place in 54..<158 {
      var changed = bytes
      changed[place] ^= 1
      #expect(open(file(changed)) == nil, "\(place)")
    }
  }

  @Test func `changed bytes of a key with password are refused`() throws {
    let bytes = try decoded("light")
    for place in [0, 1, 2, 3, 4, 5, 6, 37, 54, 61, 62, 93, 94, 125, 126, 157] {
      var changed = bytes
      changed[place] ^= 0x10
      #expect(open(file(changed)) == nil, "\(place)")
    }
    for place in 38..<54 {
      var changed = bytes
      changed[place] = 0xff
      // Cheaper or dearer than minisign's own.
      guard [41, 42, 43, 44, 45].contains(place) || place >= 49 else { continue }
      #expect(throws: SigningError.tooExpensive(file: "key")) {
        try SecretKeyFile(file(changed), file: "key")
      }
    }
  }

  @Test(arguments: ["", "\n", "a", "untrusted comment: a", "untrusted comment: a\nAAAA\n", "\0\0\n\0\n"])
  func `other files are no keys`(text: String) {
    #expect(open(Array(text.utf8)) == nil)
  }

  @Test func `a public key is no secret one, and the line is named`() throws {
    #expect(
      throws: SigningError.malformed(
        file: "key", line: 2, reason: "has 42 bytes, where a secret key has 158")
    ) { try SecretKeyFile(SignatureGolden.bytes("plain.pub"), file: "key") }
  }
}
