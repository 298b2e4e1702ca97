extension Range<Int> {
  /// The range cut into pieces of at most `size`.
  func tiles(of size: Int) -> LazyMapSequence<StrideTo<Int>, Range<Int>> {
    stride(from: lowerBound, to: upperBound, by: size).lazy.map { [upperBound] start in
      start..<Swift.min(start + size, upperBound)
    }
  }
}
