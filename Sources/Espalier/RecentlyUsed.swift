/// A few values by the text that they were made of; the one that was not used for longest goes first.
package struct RecentlyUsed<Value> {
  private var kept: [(source: String, value: Value)] = []
  private let limit: Int

  /// Keeps so many values.
  package init(limit: Int) { self.limit = limit }

  /// The value that was made of a text, if it is kept.
  package mutating func value(of source: String) -> Value? {
    guard let place = kept.firstIndex(where: { $0.source == source }) else { return nil }
    kept.append(kept.remove(at: place))
    return kept.last?.value
  }

  /// Keeps the value that was made of a text.
  package mutating func insert(_ value: Value, for source: String) {
    kept.append((source, value))
    if kept.count > limit { kept.removeFirst() }
  }
}
