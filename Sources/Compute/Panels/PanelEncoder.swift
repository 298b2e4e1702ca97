import CKernels

/// Turns rows of float32 into the panels of a weight format: 16 rows, each the weights of one output.
public struct PanelEncoder {
  private let depth: Int
  private let encode: (UnsafeBufferPointer<Float>, _ lane: Int, UnsafeMutableRawBufferPointer) -> Double
  private let blank: [UInt8]
  private var panel: [UInt8]
  private var filled = 0
  private var squares = 0.0
  private var squaredErrors = 0.0

  /// An encoder of rows with `depth` elements.
  public init(_ encoding: PanelEncoding, depth: Int) {
    self.depth = depth
    switch encoding {
    case .bfloat16:
      encode = encodeBfloat16
      blank = Array(repeating: 0, count: espalier_bfloat16_panel_bytes(depth))
    case .int8:
      encode = encodeInt8
      // Rows that are not there have scale 0, elements that are not there are 0, which is stored as 128.
      blank =
        Array(repeating: 0, count: 64) + Array(repeating: 128, count: espalier_int8_panel_bytes(depth) - 64)
    case .int4:
      encode = encodeInt4
      let block = Array(repeating: UInt8(0), count: 64) + Array(repeating: 0x88, count: 512)
      blank = (0..<espalier_int4_panel_bytes(depth) / block.count).flatMap { _ in block }
    }
    panel = blank
  }

  /// Root mean square of what rounding changed, as a share of that of the elements.
  public var relativeError: Double { squares > 0 ? (squaredErrors / squares).squareRoot() : 0 }

  /// Adds whole rows; each full panel goes to `sink`.
  public mutating func append<Failure: Error>(
    _ rows: [Float], into sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    for start in stride(from: 0, to: rows.count, by: max(1, depth)) {
      add(rows[start..<min(start + depth, rows.count)])
      if filled == PanelEncoding.lanes { try flush(into: sink) }
    }
  }

  /// Gives the last panel, if it has any rows.
  public mutating func finish<Failure: Error>(into sink: (RawSpan) throws(Failure) -> Void) throws(Failure) {
    if filled > 0 { try flush(into: sink) }
  }

  private mutating func flush<Failure: Error>(into sink: (RawSpan) throws(Failure) -> Void) throws(Failure) {
    try sink(panel.span.bytes)
    panel = blank
    filled = 0
  }

  private mutating func add(_ row: ArraySlice<Float>) {
    row.withUnsafeBufferPointer { row in
      for value in row { squares += Double(value) * Double(value) }
      squaredErrors += panel.withUnsafeMutableBytes { encode(row, filled, $0) }
    }
    filled += 1
  }
}

/// Rounds to nearest even and clamps; a NaN, which the engine would spread over everything, becomes 0.
private func level(_ value: Float, _ range: ClosedRange<Float>) -> Float {
  // Adding 1.5 * 2^23 leaves the integer; the clamp before keeps that exact.
  let rounded = (max(range.lowerBound, min(range.upperBound, value)) + 12_582_912) - 12_582_912
  return rounded.isNaN ? 0 : rounded
}

/// Writes one row as pairs; returns the sum of squared errors.
private func encodeBfloat16(
  _ row: UnsafeBufferPointer<Float>, _ lane: Int, _ panel: UnsafeMutableRawBufferPointer
) -> Double {
  var errors = 0.0
  for (index, value) in row.enumerated() {
    let bits = value.bitPattern
    let half = value.isNaN ? 0x7FC0 : (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16
    panel.storeBytes(
      of: UInt16(truncatingIfNeeded: half).littleEndian,
      toByteOffset: index / 2 &* 64 &+ 4 &* lane &+ 2 &* (index % 2), as: UInt16.self)
    let error = Double(value) - Double(Float(bitPattern: half << 16))
    errors += error * error
  }
  return errors
}

/// Writes one row with one scale, its largest magnitude becoming 127; returns the sum of squared errors.
private func encodeInt8(
  _ row: UnsafeBufferPointer<Float>, _ lane: Int, _ panel: UnsafeMutableRawBufferPointer
) -> Double {
  let largest = row.reduce(Float(0)) { max($0, abs($1)) }
  let scale = largest / 127
  let inverse = scale > 0 ? 1 / scale : 0
  var errors = 0.0
  panel.storeBytes(of: scale.bitPattern.littleEndian, toByteOffset: 4 * lane, as: UInt32.self)
  for (index, value) in row.enumerated() {
    let stored = level(value * inverse, -127...127)
    panel[64 &+ index / 4 &* 64 &+ 4 &* lane &+ index % 4] = UInt8(truncatingIfNeeded: Int32(stored) &+ 128)
    let error = Double(value) - Double(stored * scale)
    errors += error * error
  }
  return errors
}

/// Writes one row in groups of 32 with a scale each; returns the sum of squared errors.
private func encodeInt4(
  _ row: UnsafeBufferPointer<Float>, _ lane: Int, _ panel: UnsafeMutableRawBufferPointer
) -> Double {
  var errors = 0.0
  for first in stride(from: 0, to: row.count, by: ESPALIER_INT4_GROUP) {
    let count = min(ESPALIER_INT4_GROUP, row.count - first)
    let block = first / 64 &* 576
    let half = first / ESPALIER_INT4_GROUP % 2
    withUnsafeTemporaryAllocation(of: Float.self, capacity: ESPALIER_INT4_GROUP) { group in
      for index in 0..<ESPALIER_INT4_GROUP { group[index] = index < count ? row[first &+ index] : 0 }
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ESPALIER_INT4_GROUP) { levels in
        var scale: UInt16 = 0
        errors += Double(espalier_int4_group(group.baseAddress, &scale, levels.baseAddress))
        panel.storeBytes(
          of: scale.littleEndian, toByteOffset: block &+ 4 &* lane &+ 2 &* half, as: UInt16.self)
        // Of 8 neighbours, the first four are the low halves of a word's bytes.
        for index in 0..<ESPALIER_INT4_GROUP / 2 {
          let low = index / 4 &* 8 &+ index % 4
          panel[block &+ 64 &+ 256 &* half &+ index / 4 &* 64 &+ 4 &* lane &+ index % 4] =
            levels[low] | levels[low &+ 4] << 4
        }
      }
    }
  }
  return errors
}
