extension Array {
  /// The elements of one of several things that took turns, `count` of them, without those of the first `warmUp` turns,
  /// which fill caches and buffers.
  func turns(of index: Int, among count: Int, warmUp: Int = 1) -> [Element] {
    dropFirst(warmUp * count).enumerated().filter { $0.offset % count == index }.map(\.element)
  }
}
