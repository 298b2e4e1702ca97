/// Which keys a query row sees.
public enum AttentionMask {
  /// All of them.
  case full
  /// Query row `i` sees keys `0 ... firstQuery + i`.
  case causal(firstQuery: Int)
  /// Causal from row 0, and a visual query sees only the last `window` visual keys, itself included.
  ///
  /// `ordinals[i]` counts the visual tokens before row `i` when row `i` is visual, and is -1 when it is text.
  case hollow(ordinals: [Int32], window: Int)
  /// What several rules leave.
  case visible(KeyVisibility)
}

extension AttentionMask {
  /// Whether the first query stands behind all keys, and sees all of them that no window hides.
  func isBehind(_ keyCount: Int) -> Bool {
    switch self {
    case .causal(let first): first + 1 == keyCount
    case .visible(let visibility): visibility.isWindow && visibility.firstQuery + 1 == keyCount
    case .full, .hollow: false
    }
  }

  /// The sliding window, where there is one.
  var window: KeyWindow? {
    if case .visible(let visibility) = self { visibility.window } else { nil }
  }

  /// The keys that some row of `rows` may see, in ascending pieces of at most `size`, each starting at a multiple of
  /// 16. Keys that no row sees cost nothing, give or take the block of 16 they are in.
  func visibleKeys(to rows: Range<Int>, of keyCount: Int, size: Int, heads: Int) -> [Range<Int>] {
    if case .visible(let visibility) = self {
      return visibility.visibleKeys(to: rows, of: keyCount, size: size, heads: heads)
    }
    let limit = keyLimit(rows, keyCount)
    guard case .hollow(let ordinals, let window) = self else { return Array((0..<limit).tiles(of: size)) }
    var pieces: [Range<Int>] = []
    // Ordinals ascend: what the first visual row does not see, no visual row sees.
    let firstVisual = rows.first { ordinals[$0] >= 0 }.map { Int(ordinals[$0]) }
    let seesAll = firstVisual == nil || rows.contains { ordinals[$0] < 0 }
    for block in (0..<limit).tiles(of: 16) {
      let isVisible =
        seesAll
        || block.contains { key in
          ordinals[key] < 0 || (firstVisual ?? 0) - Int(ordinals[key]) < window
        }
      guard isVisible else { continue }
      if let last = pieces.last, last.upperBound == block.lowerBound, last.count + block.count <= size {
        pieces[pieces.count - 1] = last.lowerBound..<block.upperBound
      } else {
        pieces.append(block)
      }
    }
    return pieces
  }

  /// Keys that some row of `rows` may see: the exclusive upper bound.
  private func keyLimit(_ rows: Range<Int>, _ keyCount: Int) -> Int {
    switch self {
    case .full, .visible: keyCount
    case .causal(let first): min(keyCount, first + rows.upperBound)
    case .hollow: min(keyCount, rows.upperBound)
    }
  }

  /// Hides what the row must not see by minus infinity.
  func apply(to scores: UnsafeMutablePointer<Float>, keys: Range<Int>, query: Int, head: Int) {
    switch self {
    case .full: break
    case .visible(let visibility): visibility.apply(to: scores, keys: keys, query: query, head: head)
    case .causal(let first): hideFuture(scores, keys, query: first + query)
    case .hollow(let ordinals, let window):
      hideFuture(scores, keys, query: query)
      let own = ordinals[query]
      guard own >= 0 else { return }
      for key in keys where key <= query && ordinals[key] >= 0 && Int(own - ordinals[key]) >= window {
        scores[key - keys.lowerBound] = -.infinity
      }
    }
  }

  private func hideFuture(_ scores: UnsafeMutablePointer<Float>, _ keys: Range<Int>, query: Int) {
    let visible = max(0, min(keys.count, query + 1 - keys.lowerBound))
    (scores + visible).update(repeating: -.infinity, count: keys.count - visible)
  }
}
