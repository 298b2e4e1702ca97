extension RGBImage {
  /// Standard deviation of the values of a part, 0 to 255, the mean over the channels.
  func spread(_ columns: Range<Int>, _ rows: Range<Int>) -> Double {
    var sums: (UInt64, UInt64, UInt64) = (0, 0, 0)
    var squares: (UInt64, UInt64, UInt64) = (0, 0, 0)
    let pixels = self.pixels.span
    for y in rows {
      // A row of a cell is short enough for 32 bits.
      var sum: (UInt32, UInt32, UInt32) = (0, 0, 0)
      var square: (UInt32, UInt32, UInt32) = (0, 0, 0)
      var index = (y * width + columns.lowerBound) * 3
      for _ in columns {
        let (red, green, blue) = (UInt32(pixels[index]), UInt32(pixels[index + 1]), UInt32(pixels[index + 2]))
        sum = (sum.0 &+ red, sum.1 &+ green, sum.2 &+ blue)
        square = (square.0 &+ red &* red, square.1 &+ green &* green, square.2 &+ blue &* blue)
        index += 3
      }
      sums = (sums.0 + UInt64(sum.0), sums.1 + UInt64(sum.1), sums.2 + UInt64(sum.2))
      squares = (squares.0 + UInt64(square.0), squares.1 + UInt64(square.1), squares.2 + UInt64(square.2))
    }
    let count = Double(columns.count * rows.count)
    func deviation(_ sum: UInt64, _ square: UInt64) -> Double {
      let mean = Double(sum) / count
      return max(0, Double(square) / count - mean * mean).squareRoot()
    }
    return (deviation(sums.0, squares.0) + deviation(sums.1, squares.1) + deviation(sums.2, squares.2)) / 3
  }
}

extension [Double] {
  /// The middle value, the mean of two where there are two; `nil` of nothing.
  var median: Double? {
    let sorted = sorted()
    guard let last = sorted.last else { return nil }
    let middle = count / 2
    return count == 1 ? last : count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
