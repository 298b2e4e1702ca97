/// Groups of patches that repeat a neighbour (PixelPrune, arXiv 2604.00886; section 7.3 of the methods).
///
/// A group is predicted to be as its left neighbour, or else as its upper one; where a neighbour is a repeat itself, as
/// the kept group that it repeats, so that small differences do not add up. It repeats where no channel of a pixel differs
/// by more than the tolerance.
enum RepeatedGroups {
  /// For each square of `side` pixels whether it stays, in raster order. The picture's sides are multiples of `side`.
  static func kept(of image: RGBImage, side: Int, tolerance: Int) -> [Bool] {
    let (rows, columns) = (image.height / side, image.width / side)
    // The kept group that each group is, or repeats.
    var shown = Array(0..<rows * columns)
    for group in shown {
      let left = group % columns > 0 ? shown[group - 1] : nil
      let above = group >= columns ? shown[group - columns] : nil
      shown[group] =
        [left, above].compactMap { $0 }.first {
          image.repeats(group, $0, columns: columns, side: side, tolerance)
        } ?? group
    }
    return shown.enumerated().map { $0.offset == $0.element }
  }
}

extension RGBImage {
  /// Whether no channel of a pixel of one square differs from that of another by more than `tolerance`.
  fileprivate func repeats(_ one: Int, _ other: Int, columns: Int, side: Int, _ tolerance: Int) -> Bool {
    func start(_ square: Int) -> Int {
      let (row, column) = square.quotientAndRemainder(dividingBy: columns)
      return (row * side * width + column * side) * 3
    }
    let (first, second) = (start(one), start(other))
    let bytes = pixels.span
    for y in 0..<side {
      let (a, b) = (first + y * width * 3, second + y * width * 3)
      for x in 0..<side * 3 where abs(Int(bytes[a + x]) - Int(bytes[b + x])) > tolerance { return false }
    }
    return true
  }
}
