import CKernels
import Glibc

/// Cosines and sines of rotary position embedding, one row a position, extended as positions are needed.
///
/// Pairs are `(i, i + pairs)` as in Hugging Face's Llama ("rotate half").
///
/// Threads may rotate at the same time; `reserve` is called before the positions are needed, by one of them alone.
public final class RotaryTable {
  private let scheme: RotaryScheme
  private var cosines = MatrixView(rows: 0, columns: 0)
  private var sines = MatrixView(rows: 0, columns: 0)

  /// An empty table.
  public init(_ scheme: RotaryScheme) { self.scheme = scheme }

  /// Positions the table knows.
  public var positions: Int { cosines.rows }

  /// Prepares the angles of positions below `positions`.
  public func reserve(positions: Int) {
    guard positions > self.positions else { return }
    let rows = max(positions, 2 * self.positions, 256)
    cosines = MatrixView(rows: rows, columns: scheme.frequencies.count)
    sines = MatrixView(rows: rows, columns: scheme.frequencies.count)
    for position in 0..<rows {
      for pair in scheme.frequencies.indices {
        (cosines[position, pair], sines[position, pair]) = angle(position, scheme.frequencies[pair])
      }
    }
  }

  /// Rotates each head of each row of `rows`, `[n x (heads * headWidth)]`, by the row's position.
  public func rotate(
    _ rows: MatrixView, positions: [RotaryPosition], headWidth: Int, _ workers: Workers? = nil
  ) {
    let pairs = scheme.frequencies.count
    precondition(positions.count == rows.rows && rows.columns % headWidth == 0 && 2 * pairs <= headWidth)
    let grown = grownFrequencies(for: positions.lazy.map(\.largest).max() ?? 0)
    func rotate(_ range: Range<Int>) {
      withMixedAngles { mixed in
        for row in range {
          rotateRow(rows.rowBase(row), rows.columns, positions[row], headWidth, grown, mixed)
        }
      }
    }
    guard let workers else { return rotate(0..<rows.rows) }
    workers.split(rows.rows, granularity: 1, operations: 8 * rows.rows * rows.columns) { range, _ in
      rotate(range)
    }
  }

  /// Rotates each head of one row, the last of a sequence, `[1 x (heads * headWidth)]`.
  public func rotate(_ row: MatrixView, position: RotaryPosition, headWidth: Int) {
    precondition(
      row.rows == 1 && row.columns % headWidth == 0 && 2 * scheme.frequencies.count <= headWidth)
    withMixedAngles { mixed in
      rotateRow(
        row.rowBase(0), row.columns, position, headWidth, grownFrequencies(for: position.largest), mixed)
    }
  }

  /// Memory for the angles of one token whose coordinates differ, or of a sequence that has outgrown the table: cosines and
  /// then sines. Each thread has its own.
  private typealias MixedAngles = UnsafeMutableBufferPointer<Float>

  private func withMixedAngles(_ body: (MixedAngles) -> Void) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, 2 * scheme.frequencies.count), body)
  }

  private func rotateRow(
    _ row: UnsafeMutablePointer<Float>, _ width: Int, _ position: RotaryPosition, _ headWidth: Int,
    _ grown: [Float]?, _ mixed: MixedAngles
  ) {
    guard let (cosine, sine) = angles(position, grown, mixed) else { return }
    for head in 0..<width / headWidth {
      kernels.rotate(row + head * headWidth, cosine, sine, scheme.frequencies.count)
    }
  }

  private func angles(
    _ position: RotaryPosition, _ grown: [Float]?, _ mixed: MixedAngles
  ) -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)? {
    if grown == nil, scheme.axes.isEmpty || position.isUniform {
      let row = Int(position.temporal)
      return (cosines.rowBase(row), sines.rowBase(row))
    }
    let pairs = scheme.frequencies.count
    for pair in scheme.frequencies.indices {
      let coordinate = position[scheme.axes.isEmpty ? .temporal : scheme.axes[pair]]
      let (cosine, sine) =
        grown.map { angle(coordinate, $0[pair]) } ?? (cosines[coordinate, pair], sines[coordinate, pair])
      mixed.initializeElement(at: pair, to: cosine)
      mixed.initializeElement(at: pairs + pair, to: sine)
    }
    // There is room for one at least.
    return mixed.baseAddress.map { ($0, $0 + pairs) }
  }

  /// The product is rounded to float32 before the cosine, as the reference implementation does.
  private func angle(_ position: Int, _ frequency: Float) -> (Float, Float) {
    let angle = Float(position) * frequency
    return (cosf(angle) * scheme.scale, sinf(angle) * scheme.scale)
  }

  /// The frequencies of a sequence that has outgrown the trained length with its last position, or `nil`.
  private func grownFrequencies(for last: Int) -> [Float]? {
    guard let growth = scheme.growth else { return nil }
    let length = last + 1
    guard length > growth.trainedLength else { return nil }
    let width = Double(2 * scheme.frequencies.count)
    let stretch = growth.factor * Double(length) / Double(growth.trainedLength) - (growth.factor - 1)
    let base = growth.base * pow(stretch, width / (width - 2))
    return scheme.frequencies.indices.map { 1 / Float(pow(base, Double(2 * $0) / width)) }
  }
}
