/// `count` of `total` places, evenly spaced from the start, ascending.
package func evenlySpaced(_ count: Int, of total: Int) -> [Int] {
  count > 0 ? (0..<min(count, total)).map { $0 * total / min(count, total) } : []
}

extension Array {
  /// At most `count` of the elements, evenly spaced from the first.
  package func spread(_ count: Int) -> [Element] { evenlySpaced(count, of: self.count).map { self[$0] } }
}
