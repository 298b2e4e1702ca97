/// Indices of a BMP whose pixels are stored in runs: a length and a value, or one of some escapes.
struct BitmapRuns {
  /// Index of each pixel, row by row as they are stored. What is skipped is 0.
  private(set) var indices: [UInt8]

  init(_ bytes: [UInt8], from start: Int, _ bits: Int, _ width: Int, _ height: Int) throws(BitmapFile.Problem)
  {
    indices = Array(repeating: 0, count: width * height)
    var (position, column, row) = (start, 0, 0)
    func next() throws(BitmapFile.Problem) -> Int {
      guard position < bytes.count else { throw .truncated }
      defer { position += 1 }
      return Int(bytes[position])
    }
    /// What lies beyond the end of a row is dropped.
    func put(_ value: Int, into indices: inout [UInt8]) {
      if column < width { indices[row * width + column] = UInt8(value) }
      column += 1
    }
    while row < height {
      // A picture that is whole needs no mark behind it.
      if row == height - 1, column >= width { break }
      let (first, second) = (try next(), try next())
      switch (first, second) {
      case (0, 0): (column, row) = (0, row + 1)
      case (0, 1): return
      case (0, 2): (column, row) = (column + (try next()), row + (try next()))
      case (0, let count):
        let begun = position
        for number in 0..<count {
          if bits == 8 {
            put(try next(), into: &indices)
          } else {
            let byte = number % 2 == 0 ? try next() : Int(bytes[position - 1])
            put(number % 2 == 0 ? byte >> 4 : byte & 15, into: &indices)
          }
        }
        if (position - begun) % 2 == 1 { position += 1 }
      case (let count, let value):
        for number in 0..<count {
          put(bits == 8 ? value : number % 2 == 0 ? value >> 4 : value & 15, into: &indices)
        }
      }
    }
  }
}
