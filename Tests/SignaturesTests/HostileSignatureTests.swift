import TestSupport
import Testing

@testable import Signatures

/// A damaged signature or key is refused with an error, whatever the damage; none ends the process.
@Suite(.endsWithin(minutes: 3)) struct HostileSignatureTests {
  private let message: [UInt8]
  private let signature: [UInt8]
  private let key: [UInt8]

  init() throws {
    message = try SignatureGolden.bytes("statement")
    signature = try SignatureGolden.bytes("statement.plain.hashed.minisig")
    key = try SignatureGolden.bytes("plain.pub")
  }

  /// Whether the signature holds under the keys.
  private func holds(_ signature: [UInt8], _ key: [UInt8]) -> Bool {
    do {
      let keys = try TrustedKeys(key, file: "keys")
      _ = try SignatureFile(signature, file: "signature").verify(message, with: keys)
      return true
    } catch { return false }
  }

  /// The bytes with one changed in every way of some.
  private func changes(of bytes: [UInt8], at place: Int) -> [[UInt8]] {
    let values =
      (0..<8).map { bytes[place] ^ 1 << UInt8($0) } + Array("\0\n\r =A/\u{7f}".utf8) + [0xc3, 0xff]
    return values.filter { $0 != bytes[place] }.map { value in
      var changed = bytes
      changed[place] = value
      return changed
    }
  }

  /// Where the text of an untrusted comment stands: it is the one thing that nobody signs.
  private func comment(of bytes: [UInt8]) -> Range<Int> {
    "untrusted comment: ".utf8.count..<(bytes.firstIndex(of: 10) ?? 0)
  }

  @Test func `every beginning of a signature is refused`() {
    #expect(holds(signature, key))
    for count in signature.indices { #expect(!holds(Array(signature[..<count]), key), "\(count)") }
    #expect(!holds(signature + [10], key))
    #expect(!holds(signature + signature, key))
  }

  @Test func `every changed byte of a signature is refused`() {
    let comment = comment(of: signature)
    for place in signature.indices where !comment.contains(place) {
      for changed in changes(of: signature, at: place) { #expect(!holds(changed, key), "\(place)") }
    }
  }

  @Test func `every changed byte of a key is refused`() {
    let comment = comment(of: key)
    for place in key.indices.dropLast() where !comment.contains(place) {
      // A key that turns into a comment is gone; its comment's own prefix may lose the blank.
      if place == comment.lowerBound - 1 { continue }
      for changed in changes(of: key, at: place) { #expect(!holds(signature, changed), "\(place)") }
    }
  }

  @Test func `every beginning of a key is refused, but for the line's end`() {
    for count in 0..<key.count - 1 { #expect(!holds(signature, Array(key[..<count])), "\(count)") }
    #expect(holds(signature, key.dropLast()))
  }

  @Test(arguments: 0..<4)
  func `signatures and keys changed at random are refused or the same`(seed: UInt64) {
    var generator = SeededGenerator(state: seed)
    for _ in 0..<2000 {
      var (changedSignature, changedKey) = (signature, key)
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        if Bool.random(using: &generator) {
          Self.change(&changedSignature, using: &generator)
        } else {
          Self.change(&changedKey, using: &generator)
        }
      }
      guard holds(changedSignature, changedKey) else { continue }
      // What holds says the same, but for comments and the form of line ends.
      let lines = { (bytes: [UInt8]) in bytes.filter { $0 != 13 }.split(separator: 10).map(Array.init) }
      #expect(lines(changedSignature).dropFirst() == lines(signature).dropFirst())
      #expect(lines(changedKey).contains(lines(key)[1]))
    }
  }

  /// Changes, removes, doubles or moves some bytes.
  private static func change(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let start = Int.random(in: bytes.indices, using: &generator)
    let end = min(bytes.count, start + Int.random(in: 1...20, using: &generator))
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: bytes[start] = UInt8.random(in: 0...255, using: &generator)
    case 1: bytes.removeSubrange(start..<end)
    case 2: bytes.insert(contentsOf: bytes[start..<end], at: start)
    case 3: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: start)
    default: bytes.append(contentsOf: bytes[start..<end])
    }
  }
}
