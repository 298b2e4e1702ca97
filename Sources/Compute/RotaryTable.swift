import CKernels
import Glibc

/// Cosines and sines of rotary position embedding, one row a position, extended as positions are needed.
///
/// Pairs are `(i, i + dh/2)` as in Hugging Face's Llama ("rotate half").
///
/// Used by one sequence at a time; `reserve` is called before the positions are needed.
public final class RotaryTable {
  private let frequencies: [Float]
  private var cosines = Matrix(rows: 0, columns: 0)
  private var sines = Matrix(rows: 0, columns: 0)

  /// An empty table; `frequencies` has the angle per position of each of the `dh/2` pairs.
  public init(frequencies: [Float]) { self.frequencies = frequencies }

  /// Positions the table knows.
  public var positions: Int { cosines.rows }

  /// Prepares the angles of positions below `positions`.
  public func reserve(positions: Int) {
    guard positions > self.positions else { return }
    let rows = max(positions, 2 * self.positions, 256)
    cosines = Matrix(rows: rows, columns: frequencies.count)
    sines = Matrix(rows: rows, columns: frequencies.count)
    for position in 0..<rows {
      for (pair, frequency) in frequencies.enumerated() {
        // The product is rounded to float32 before the cosine, as the reference implementation does.
        let angle = Float(position) * frequency
        cosines[position, pair] = cosf(angle)
        sines[position, pair] = sinf(angle)
      }
    }
  }

  /// Rotates each head of each row of `rows`, `[n x (heads * dh)]`, by the row's position.
  public func rotate(_ rows: Matrix, positions: [Int32]) {
    let half = frequencies.count
    precondition(positions.count == rows.rows && rows.columns % (2 * half) == 0)
    for (row, position) in positions.enumerated() {
      let cosine = cosines.rowBase(Int(position))
      let sine = sines.rowBase(Int(position))
      let base = rows.rowBase(row)
      for head in 0..<rows.columns / (2 * half) { kernels.rotate(base + head * 2 * half, cosine, sine, half) }
    }
  }
}
