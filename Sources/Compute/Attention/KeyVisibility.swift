/// Which keys each query row sees where more than one rule holds: up to some key, within a window, and of visual keys some.
public struct KeyVisibility {
  /// Key of the first query row.
  public var firstQuery: Int
  /// For each row the end of what it sees, where that is not its own key: pictures are seen as a whole.
  public var ends: [Int]?
  /// A sliding window.
  public var window: KeyWindow?
  /// Number of each visual row among the visual ones, -1 for text, and how far a visual query sees others.
  public var hollow: (ordinals: [Int32], window: Int)?

  /// Causal attention of rows whose first has this key.
  public init(firstQuery: Int) { self.firstQuery = firstQuery }

  /// Whether nothing but a window hides keys from a query behind them.
  var isWindow: Bool { ends == nil && hollow == nil }

  /// The end of what a row may see.
  func end(_ query: Int) -> Int { ends?[query] ?? firstQuery + query + 1 }

  /// The keys that some row may see, in pieces of at most `size`, each starting at a multiple of 16.
  func visibleKeys(to rows: Range<Int>, of keyCount: Int, size: Int, heads: Int) -> [Range<Int>] {
    let limit = min(keyCount, rows.reduce(0) { max($0, end($1)) })
    // Positions ascend: what the first row does not see, no later one sees.
    let first = window.map { $0.first(rows.lowerBound, heads: heads, of: limit) } ?? 0
    let start = first / 16 * 16
    guard start < limit else { return [] }
    return (0..<limit - start).tiles(of: size).map { start + $0.lowerBound..<start + $0.upperBound }
  }

  /// Hides what the row must not see by minus infinity.
  func apply(to scores: UnsafeMutablePointer<Float>, keys: Range<Int>, query: Int, head: Int) {
    let visible = max(0, min(keys.count, end(query) - keys.lowerBound))
    (scores + visible).update(repeating: -.infinity, count: keys.count - visible)
    if let window {
      let first = window.first(query, head: head, of: keys.upperBound)
      scores.update(repeating: -.infinity, count: max(0, min(keys.count, first - keys.lowerBound)))
    }
    guard let hollow, hollow.ordinals[query] >= 0 else { return }
    let own = hollow.ordinals[query]
    for key in keys where key < hollow.ordinals.count && hollow.ordinals[key] >= 0 {
      if abs(Int(own - hollow.ordinals[key])) >= hollow.window { scores[key - keys.lowerBound] = -.infinity }
    }
  }
}
