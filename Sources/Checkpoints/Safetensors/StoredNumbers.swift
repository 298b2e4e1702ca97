import Plan

/// How the numbers of a tensor are stored, where it is not as numbers themselves.
struct StoredNumbers: Sendable {
  /// What the elements of the file are.
  enum Codes: Sendable {
    /// Floating-point numbers of 8 bits, three of them behind the point.
    case float8
    /// Integers of 8 bits.
    case int8
    /// Integers of so many bits in words of 32, row by row, the lowest bits first, as far from 0 as half of them.
    case packed(bits: Int)
  }

  let codes: Codes
  /// Factors of the codes, `[rows / rowsPerScale x columns / columnsPerScale]`, rounded up.
  let scales: SourceTensor
  /// What is taken from the codes before: like `scales`, or packed like the codes along the rows.
  let zeroPoints: SourceTensor?
  let rowsPerScale: Int
  let columnsPerScale: Int
  /// Columns of the tensor.
  let columns: Int

  /// Scales in a row.
  private var scaleColumns: Int { (columns + columnsPerScale - 1) / columnsPerScale }

  /// Elements `first...` of a row, which `tensor` stores.
  func floats(of tensor: SourceTensor, row: Int, _ range: Range<Int>) -> [Float] {
    var values =
      switch codes {
      case .float8: tensor.float8(row * columns + range.lowerBound..<row * columns + range.upperBound)
      case .int8: tensor.int8(row * columns + range.lowerBound..<row * columns + range.upperBound)
      case .packed(let bits): tensor.packed(row: row, range, bits: bits)
      }
    let group = row / rowsPerScale
    let first = group * scaleColumns
    let factors = scales.floats(first..<first + scaleColumns)
    let zeros = zeros(group)
    for (place, column) in range.enumerated() {
      let scale = column / columnsPerScale
      values[place] = (values[place] - (zeros.isEmpty ? 0 : zeros[scale])) * factors[scale]
    }
    return values
  }

  /// What is taken from the codes of some rows.
  private func zeros(_ group: Int) -> [Float] {
    guard let zeroPoints else { return [] }
    guard case .packed(let bits) = codes else {
      return zeroPoints.int8(group * scaleColumns..<(group + 1) * scaleColumns)
    }
    // Packed along the other dimension: a column holds the rows.
    return (0..<scaleColumns).map { zeroPoints.packed(column: $0, row: group, bits: bits) }
  }
}

extension SourceTensor {
  fileprivate func float8(_ range: Range<Int>) -> [Float] {
    let source = bytes
    return range.map { Self.float8Values[Int(source[$0])] }
  }

  fileprivate func int8(_ range: Range<Int>) -> [Float] {
    let source = bytes
    return range.map { Float(Int8(bitPattern: source[$0])) }
  }

  /// Codes of a row whose words stand one after the other.
  fileprivate func packed(row: Int, _ range: Range<Int>, bits: Int) -> [Float] {
    let words = (shape[1] * bits + 31) / 32
    return range.map { column in
      code(bit: column * bits, bits) { word in row * words + word }
    }
  }

  /// The code of a row in a column whose words stand one below the other.
  fileprivate func packed(column: Int, row: Int, bits: Int) -> Float {
    let columns = shape[1]
    return code(bit: row * bits, bits) { word in word * columns + column }
  }

  /// The code that begins at a bit of some words, which may be in two of them.
  private func code(bit: Int, _ bits: Int, word place: (Int) -> Int) -> Float {
    let source = bytes
    func word(_ number: Int) -> UInt64 {
      UInt64(source.loadUnaligned(fromByteOffset: 4 * place(number), as: UInt32.self))
    }
    var value = word(bit / 32) >> UInt64(bit % 32)
    if bit % 32 + bits > 32 { value |= word(bit / 32 + 1) << UInt64(32 - bit % 32) }
    return Float(Int(value & (1 << UInt64(bits) - 1)) - 1 << (bits - 1))
  }

  /// The values of a byte with four bits of exponent and three behind the point: no infinities, one NaN of either sign.
  private static let float8Values: [Float] = (0..<256).map { byte in
    let (exponent, fraction) = (byte >> 3 & 15, Float(byte & 7))
    let sign: Float = byte >= 128 ? -1 : 1
    if byte & 127 == 127 { return .nan }
    if exponent == 0 { return sign * fraction * 0x1p-9 }
    return sign * (1 + fraction / 8) * Float(sign: .plus, exponent: exponent - 7, significand: 1)
  }
}
