internal import Glibc

/// The mixing of scrypt (RFC 7914, sections 3 to 5), with the memory that it takes.
final class ScryptMixer {
  /// What Salsa20 mixes at once: 64 bytes, as words whose least significant byte is the first.
  private typealias Group = InlineArray<16, UInt32>

  private let n: Int
  /// Groups of a block: 2 r.
  private let width: Int
  /// `n` blocks that are kept, then the block that is mixed and one beside it.
  private let groups: UnsafeMutableBufferPointer<Group>
  private let memory: UnsafeMutableRawBufferPointer

  /// Takes the memory; nil where it is not there.
  init?(n: Int, r: Int) {
    (self.n, width) = (n, 2 * r)
    let count = 128 * r * (n + 2)
    // Pages of its own, so that the system says when there are none.
    let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start, start != MAP_FAILED else { return nil }
    memory = UnsafeMutableRawBufferPointer(start: start, count: count)
    groups = memory.bindMemory(to: Group.self)
  }

  // Undoes the `mmap` of `init`; the system clears the pages.
  deinit { munmap(memory.baseAddress, memory.count) }

  /// Mixes a block of 128 r bytes in place (section 5).
  func mix(_ bytes: inout [UInt8], at start: Int) {
    let (block, other) = (n * width, (n + 1) * width)
    for index in 0..<16 * width {
      let place = start + 4 * index
      groups[block + index / 16][index & 15] = (0..<4).reduce(0) {
        $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1)
      }
    }
    // Every second step goes from one block to the other and the next one back; `n` is even.
    for index in stride(from: 0, to: n, by: 2) {
      copy(from: block, to: index * width)
      mixBlock(from: block, to: other)
      copy(from: other, to: (index + 1) * width)
      mixBlock(from: other, to: block)
    }
    for _ in 0..<n / 2 {
      add(chosen(by: block), to: block)
      mixBlock(from: block, to: other)
      add(chosen(by: other), to: other)
      mixBlock(from: other, to: block)
    }
    for index in 0..<16 * width {
      let word = groups[block + index / 16][index & 15]
      for byte in 0..<4 {
        bytes[start + 4 * index + byte] = UInt8(truncatingIfNeeded: word >> UInt32(8 * byte))
      }
    }
  }

  private func copy(from source: Int, to target: Int) {
    for index in 0..<width { groups[target + index] = groups[source + index] }
  }

  /// The kept block that the last group of a block names: its first word, modulo a power of two.
  private func chosen(by block: Int) -> Int { (Int(groups[block + width - 1][0]) & (n - 1)) * width }

  private func add(_ source: Int, to target: Int) {
    for index in 0..<width {
      for word in 0..<16 { groups[target + index][word] ^= groups[source + index][word] }
    }
  }

  /// scryptBlockMix (section 4): each group is mixed with the one before; even groups come first, then odd ones.
  private func mixBlock(from source: Int, to target: Int) {
    var group = groups[source + width - 1]
    for index in 0..<width {
      for word in 0..<16 { group[word] ^= groups[source + index][word] }
      group = Self.salsa(group)
      groups[target + index / 2 + (index & 1) * (width / 2)] = group
    }
  }

  /// Salsa20/8 (section 3): four rounds over columns and as many over rows, and the sum with what went in.
  @inline(__always)
  private static func salsa(_ input: Group) -> Group {
    var x = input
    for _ in 0..<4 {
      quarterRound(&x, 0, 4, 8, 12)
      quarterRound(&x, 5, 9, 13, 1)
      quarterRound(&x, 10, 14, 2, 6)
      quarterRound(&x, 15, 3, 7, 11)
      quarterRound(&x, 0, 1, 2, 3)
      quarterRound(&x, 5, 6, 7, 4)
      quarterRound(&x, 10, 11, 8, 9)
      quarterRound(&x, 15, 12, 13, 14)
    }
    for word in 0..<16 { x[word] &+= input[word] }
    return x
  }

  @inline(__always)
  private static func quarterRound(_ x: inout Group, _ a: Int, _ b: Int, _ c: Int, _ d: Int) {
    x[b] ^= rotated(x[a] &+ x[d], 7)
    x[c] ^= rotated(x[b] &+ x[a], 9)
    x[d] ^= rotated(x[c] &+ x[b], 13)
    x[a] ^= rotated(x[d] &+ x[c], 18)
  }

  @inline(__always)
  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word &<< count | word &>> (32 - count)
  }
}
