import Plan

/// The merges of a vocabulary by the pair they join: a hash table with open addressing.
///
/// Looking up pairs is most of the work of encoding; the standard dictionary's hashing costs several times more.
struct MergeTable: Sendable {
  /// A merge that applies to a pair.
  struct Entry {
    var rank: Int32
    var result: Int32
  }

  private static let empty = UInt64.max
  private var keys: [UInt64]
  private var entries: [Entry]
  private let mask: Int
  private let shift: UInt64

  /// All ids of `merges` have been checked to be tokens, so none is negative and no key equals `empty`.
  init(_ merges: [TokenizerTables.Merge]) {
    var bits = 4
    while 1 << bits < merges.count * 2 { bits += 1 }
    mask = (1 << bits) - 1
    shift = UInt64(64 - bits)
    keys = [UInt64](repeating: Self.empty, count: mask + 1)
    entries = [Entry](repeating: Entry(rank: 0, result: 0), count: mask + 1)
    for (rank, merge) in merges.enumerated() {
      // Of two merges of one pair the later one counts, as in Hugging Face's table.
      let slot = slot(of: Self.key(merge.left, merge.right))
      keys[slot] = Self.key(merge.left, merge.right)
      entries[slot] = Entry(rank: Int32(truncatingIfNeeded: rank), result: merge.result)
    }
  }

  /// The merge of `left` and `right`, if there is one.
  func entry(_ left: Int32, _ right: Int32) -> Entry? {
    let key = Self.key(left, right)
    let slot = slot(of: key)
    return keys[slot] == key ? entries[slot] : nil
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// Where `key` is or would be put. The table is at most half full, so the search ends.
  private func slot(of key: UInt64) -> Int {
    var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> shift)
    while keys[slot] != key && keys[slot] != Self.empty { slot = (slot + 1) & mask }
    return slot
  }
}
