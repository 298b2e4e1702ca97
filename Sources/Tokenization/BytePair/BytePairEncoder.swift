/// Byte-pair encoding of one pre-token after another, with its working memory.
///
/// Symbols form a linked list in `next` and `previous`; a merge keeps the left symbol's place and unlinks the
/// right one. Each of the n - 1 merges at most queues two more, so a pre-token of n bytes takes O(n log n).
struct BytePairEncoder {
  private let table: SymbolTable
  private let merges: MergeTable
  private var queue = MergeQueue()
  private var symbols: [Int32] = []
  private var next: [Int] = []
  private var previous: [Int] = []

  /// Marks the list's ends, and in `symbols` a place that has been merged away.
  private static let none = -1

  /// - Parameters:
  ///   - symbols: what merging starts from.
  ///   - merges: the merges by pair.
  init(symbols: SymbolTable, merges: MergeTable) {
    table = symbols
    self.merges = merges
  }

  /// Appends the tokens of `bytes` to `ids`.
  mutating func encode(_ bytes: ArraySlice<UInt8>, into ids: inout [Int32]) {
    symbols.removeAll(keepingCapacity: true)
    table.append(bytes, to: &symbols)
    if symbols.count > 1 { merge() }
    for symbol in symbols where symbol >= 0 { ids.append(symbol) }
  }

  private mutating func merge() {
    let count = symbols.count
    next.removeAll(keepingCapacity: true)
    previous.removeAll(keepingCapacity: true)
    queue.removeAll()
    for position in 0..<count {
      next.append(position + 1 < count ? position + 1 : Self.none)
      previous.append(position - 1)
    }
    for position in 0..<(count - 1) { enqueue(position) }
    while let candidate = queue.pop() { apply(candidate) }
  }

  private mutating func apply(_ candidate: MergeQueue.Candidate) {
    let left = candidate.position
    // Neighbours may have changed since this was queued; it still holds if the pair makes the same token.
    guard symbols[left] >= 0, next[left] != Self.none else { return }
    let right = next[left]
    guard let entry = merges.entry(symbols[left], symbols[right]), entry.result == candidate.result else {
      return
    }

    symbols[left] = candidate.result
    symbols[right] = Int32(Self.none)
    next[left] = next[right]
    if next[left] != Self.none {
      previous[next[left]] = left
      enqueue(left)
    }
    if previous[left] != Self.none { enqueue(previous[left]) }
  }

  private mutating func enqueue(_ position: Int) {
    guard let entry = merges.entry(symbols[position], symbols[next[position]]) else { return }
    queue.push(.init(rank: entry.rank, result: entry.result, position: position))
  }
}
