import CKernels

/// How products take their activations.
enum QuantizedForm {
  /// With int8 weights.
  case int8
  /// With int8 weights, in 7 bits.
  case narrow
  /// With int4 weights.
  case int4

  /// Whether rows are bytes, or what the kernels' int8 products multiply.
  var isBytes: Bool {
    switch self {
    case .int8: false
    case .narrow: kernels.int8_narrow_product != nil
    case .int4: true
    }
  }
  /// Bytes of four values.
  var quadBytes: Int { isBytes ? 4 : kernels.quad_bytes }
  /// The largest magnitude.
  var levels: Int32 { self == .narrow ? Int32(ESPALIER_NARROW_LEVELS) : 127 }
  /// Values that a row is padded to a multiple of.
  var unit: Int { self == .int4 ? 64 : 4 }
}

/// Activations as 8-bit integers, kept from one product to the next.
final class QuantizedRows {
  private var values: UnsafeMutablePointer<Int8> = .allocate(capacity: 1)
  private var scales: UnsafeMutablePointer<Float> = .allocate(capacity: 1)
  private var sums: UnsafeMutablePointer<Int32> = .allocate(capacity: 1)
  private var groupSums: UnsafeMutablePointer<Int32> = .allocate(capacity: 1)
  private var valueCapacity = 1
  private var rowCapacity = 1

  deinit {
    values.deallocate()
    scales.deallocate()
    sums.deallocate()
    groupSums.deallocate()
  }

  /// Room for rows of a padded width in quads of some bytes; what was there before is lost.
  func reserve(rows: Int, stride: Int, quadBytes: Int) -> espalier_int8_rows {
    let bytes = rows * stride / 4 * quadBytes
    if bytes > valueCapacity {
      values.deallocate()
      groupSums.deallocate()
      valueCapacity = bytes
      values = .allocate(capacity: bytes)
      groupSums = .allocate(capacity: bytes / ESPALIER_INT4_GROUP + 1)
    }
    if rows > rowCapacity {
      scales.deallocate()
      sums.deallocate()
      rowCapacity = rows
      scales = .allocate(capacity: rows)
      sums = .allocate(capacity: rows)
    }
    return espalier_int8_rows(
      values: values, stride: stride, scales: scales, sums: sums, group_sums: groupSums, count: rows)
  }

  /// Quantises row `place` of the tile of `tile` rows that starts at row `first`.
  func fill(
    _ place: Int, of tile: Int, from first: Int, stride: Int, _ source: UnsafePointer<Float>, count: Int,
    _ form: QuantizedForm
  ) {
    let bytes = form.quadBytes
    let quantize = form.isBytes ? kernels.quantize_bytes : kernels.quantize_int8
    quantize?(
      source, count, form.levels, values + first * stride / 4 * bytes + bytes * place, bytes * tile,
      scales + first + place, sums + first + place)
  }

  /// Sums the groups of a row of bytes that `fill` wrote; `stride` is a multiple of 64.
  func sumGroups(_ place: Int, of tile: Int, from first: Int, stride: Int, count: Int) {
    kernels.group_sums(
      values + first * stride + 4 * place, count, 4 * tile,
      groupSums + first * stride / ESPALIER_INT4_GROUP + place, tile)
  }
}

/// Activations in pairs (see `CKernels.h`), kept from one product to the next.
final class PairedRows {
  private var values: UnsafeMutablePointer<UInt8> = .allocate(capacity: 1)
  private var capacity = 1

  deinit { values.deallocate() }

  /// Room for rows of `stride` pairs; what was there before is lost.
  func reserve(rows: Int, stride: Int) -> UnsafeMutablePointer<UInt8> {
    let bytes = rows * stride * kernels.pair_bytes
    if bytes > capacity {
      values.deallocate()
      capacity = bytes
      values = .allocate(capacity: bytes)
    }
    return values
  }
}

extension Workers {
  /// The rows of a matrix as integers, with sums of groups for int4 products, valid until the next call. For the thread
  /// that shares out the work.
  func quantized(_ input: MatrixView, _ form: QuantizedForm) -> espalier_int8_rows {
    let stride = (input.columns + form.unit - 1) / form.unit * form.unit
    let rows = quantizedRows.reserve(rows: input.rows, stride: stride, quadBytes: form.quadBytes)
    // Whole tiles: the granularity is the largest, and every smaller tile is in the last part.
    split(input.rows, granularity: 12, operations: input.rows * input.columns) { range, _ in
      forEachTile(of: range) { first, tile in
        for place in 0..<tile {
          quantizedRows.fill(
            place, of: tile, from: first, stride: stride, input.rowBase(first + place), count: input.columns,
            form)
          if form == .int4 {
            quantizedRows.sumGroups(place, of: tile, from: first, stride: stride, count: input.columns)
          }
        }
      }
    }
    return rows
  }

  /// The rows of a matrix in pairs, in tiles or each by itself, valid until the next call. For the thread that shares out
  /// the work.
  func paired(_ input: MatrixView, inTiles: Bool = true) -> espalier_paired_rows {
    let stride = (input.columns + 1) / 2
    let values = pairedRows.reserve(rows: input.rows, stride: stride)
    split(input.rows, granularity: 12, operations: input.rows * input.columns) { range, _ in
      var first = range.lowerBound
      while first < range.upperBound {
        let rows = first..<(inTiles ? range.upperBound : first + 1)
        pairRows(
          rows, input.base, stride: input.stride, columns: input.columns, factor: 1,
          into: values, pairStride: stride)
        first = rows.upperBound
      }
    }
    return espalier_paired_rows(values: values, stride: stride, count: input.rows)
  }
}

/// Calls `body` with the first row and the row count of each tile that kernels take `rows` in.
func forEachTile(of rows: Range<Int>, _ body: (_ first: Int, _ tile: Int) -> Void) {
  var first = rows.lowerBound
  while first < rows.upperBound {
    let tile = espalier_tile_rows(rows.upperBound - first)
    body(first, tile)
    first += tile
  }
}

/// Writes `factor` times some rows in pairs, as products take them.
func pairRows(
  _ rows: Range<Int>, _ source: UnsafePointer<Float>, stride: Int, columns: Int, factor: Float,
  into target: UnsafeMutablePointer<UInt8>, pairStride: Int
) {
  let bytes = kernels.pair_bytes
  forEachTile(of: rows) { first, tile in
    for place in 0..<tile {
      kernels.pair_row(
        source + (first + place) * stride, columns, factor, target + bytes * (first * pairStride + place),
        bytes * tile)
    }
  }
}
