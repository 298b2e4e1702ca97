public import Compute
import Inference

/// A matrix of seeded random numbers within [-scale, scale).
public func randomMatrix(_ rows: Int, _ columns: Int, seed: UInt64, scale: Float = 1) -> MatrixView {
  var generator = SplitMix64(seed: seed)
  return MatrixView(
    rows: rows, columns: columns,
    elements: (0..<rows * columns).map { _ in (Float(generator.nextUnit()) * 2 - 1) * scale })
}

/// The largest absolute difference of two lists of equal length; infinite when a value is NaN or lengths differ.
public func largestDifference(_ left: [Float], _ right: [Float]) -> Float {
  guard left.count == right.count else { return .infinity }
  return zip(left, right).reduce(Float(0)) { largest, pair in
    let difference = abs(pair.0 - pair.1)
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}

/// The upper half of each float32, rounded to nearest even.
public func bfloat16(_ values: [Float]) -> [UInt16] {
  values.map { value in
    let bits = value.bitPattern
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}
