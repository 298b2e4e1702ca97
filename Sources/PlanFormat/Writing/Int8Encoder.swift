internal import CKernels

/// Turns rows of float32 into panels of 8-bit integers with a scale for each row: the largest magnitude becomes 127.
public struct Int8Encoder {
  /// Rows of a panel.
  static let lanes = 16

  private let depth: Int
  private var panel: [UInt8]
  private var filled = 0
  private var squares = 0.0
  private var squaredErrors = 0.0

  /// An encoder of rows with `depth` elements.
  public init(depth: Int) {
    self.depth = depth
    panel = Self.blank(depth)
  }

  /// Root mean square of what rounding changed, as a share of that of the elements.
  public var relativeError: Double { squares > 0 ? (squaredErrors / squares).squareRoot() : 0 }

  /// Bytes of one panel.
  static func panelBytes(depth: Int) -> Int { espalier_int8_panel_bytes(depth) }

  /// Adds whole rows; each full panel goes to `sink`.
  public mutating func append(
    _ rows: [Float], into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) {
    for start in stride(from: 0, to: rows.count, by: max(1, depth)) {
      add(rows[start..<min(start + depth, rows.count)])
      if filled == Self.lanes { try flush(into: sink) }
    }
  }

  /// Gives the last panel, if it has any rows.
  public mutating func finish(into sink: (RawSpan) throws(PlanError) -> Void) throws(PlanError) {
    if filled > 0 { try flush(into: sink) }
  }

  private mutating func flush(into sink: (RawSpan) throws(PlanError) -> Void) throws(PlanError) {
    try sink(panel.span.bytes)
    panel = Self.blank(depth)
    filled = 0
  }

  private mutating func add(_ row: ArraySlice<Float>) {
    let largest = row.reduce(Float(0)) { max($0, abs($1)) }
    let scale = largest / 127
    let inverse = scale > 0 ? 1 / scale : 0
    var (rowSquares, rowErrors) = (0.0, 0.0)
    let lane = 4 * filled
    panel.withUnsafeMutableBytes { panel in
      panel.storeBytes(of: scale.bitPattern.littleEndian, toByteOffset: lane, as: UInt32.self)
      row.withUnsafeBufferPointer { row in
        for (index, value) in row.enumerated() {
          let level = max(-127, min(127, (value * inverse).rounded(.toNearestOrEven)))
          // A NaN has no level; the engine would spread it over everything, a zero is the lesser evil.
          let stored = level.isNaN ? 0 : level
          panel[64 &+ index / 4 &* 64 &+ lane &+ index % 4] = UInt8(truncatingIfNeeded: Int32(stored) &+ 128)
          let error = Double(value) - Double(stored * scale)
          rowSquares += Double(value) * Double(value)
          rowErrors += error * error
        }
      }
    }
    squares += rowSquares
    squaredErrors += rowErrors
    filled += 1
  }

  /// Rows that are not there have scale 0, elements that are not there are 0.
  private static func blank(_ depth: Int) -> [UInt8] {
    Array(repeating: 0, count: 64) + Array(repeating: 128, count: panelBytes(depth: depth) - 64)
  }
}
