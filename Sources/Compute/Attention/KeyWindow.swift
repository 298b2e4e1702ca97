/// What is told of each entry of all KV heads, a number each: room for `capacity` entries in every head.
public struct EntryNumbers {
  let buffer: FloatBuffer
  /// Entries there is room for in each head.
  public let capacity: Int

  /// Numbers of entries, head after head.
  public init(_ buffer: FloatBuffer, capacity: Int) {
    self.buffer = buffer
    self.capacity = capacity
  }

  func base(head: Int) -> UnsafeMutablePointer<Float> { buffer.base + head * capacity }
}

/// A sliding window: a query sees no key that is as many positions before it as the window is wide, or more.
///
/// Positions are those of the whole prompt. A key that was dropped leaves a gap in the window, through which nobody sees
/// further back.
public struct KeyWindow {
  /// Positions of the keys, ascending in each head; below 2^24, so that a float has them.
  let keys: EntryNumbers
  let queries: Queries
  /// Positions from the query back, its own included.
  let width: Int

  /// Positions of the queries.
  public enum Queries: Sendable {
    /// That of the only one.
    case one(Int)
    /// One each.
    case each([Int])
  }

  /// A window over keys at some positions.
  public init(keys: EntryNumbers, queries: Queries, width: Int) {
    self.keys = keys
    self.queries = queries
    self.width = width
  }

  /// The same for the last queries.
  public func suffix(_ count: Int) -> KeyWindow {
    guard case .each(let positions) = queries else { return self }
    return KeyWindow(keys: keys, queries: .each(positions.suffix(count)), width: width)
  }

  /// Whether the last query does not see all of the first `count` keys of some head.
  public func hidesAny(heads: Int, of count: Int) -> Bool {
    let last = if case .each(let positions) = queries { positions.count - 1 } else { 0 }
    return last >= 0 && (0..<heads).contains { first(last, head: $0, of: count) > 0 }
  }

  private func position(_ query: Int) -> Int {
    switch queries {
    case .one(let position): position
    case .each(let positions): positions[query]
    }
  }

  /// The first of `count` keys of a head that a query sees.
  func first(_ query: Int, head: Int, of count: Int) -> Int {
    let least = Float(position(query) - width + 1)
    let base = keys.base(head: head)
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if base[middle] < least { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The first of `count` keys that a query sees in any of some heads.
  func first(_ query: Int, heads: Int, of count: Int) -> Int {
    (0..<heads).reduce(count) { min($0, first(query, head: $1, of: count)) }
  }
}
