/// `count` of `total` places, evenly spaced from the start, ascending.
package func evenlySpaced(_ count: Int, of total: Int) -> [Int] {
  count > 0 ? (0..<min(count, total)).map { $0 * total / min(count, total) } : []
}
