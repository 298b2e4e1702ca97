import CKernels

/// A matrix of 8-bit integers with a scale for each output, in the panels that plans store (see `CKernels.h`).
///
/// Invariant: `panels` addresses `byteCount` bytes and stays valid while the matrix that holds it lives.
struct Int8Matrix {
  let panels: UnsafePointer<UInt8>
  /// Outputs of the product; each has its own scale.
  let outputs: Int
  /// Inputs of the product: what the sums run over.
  let depth: Int

  /// Outputs of one panel.
  static let lanes = 16

  /// Bytes of one panel.
  var panelBytes: Int { espalier_int8_panel_bytes(depth) }
  /// Bytes of a matrix.
  static func byteCount(outputs: Int, depth: Int) -> Int {
    (outputs + lanes - 1) / lanes * espalier_int8_panel_bytes(depth)
  }

  /// The panels from the one that holds `outputs.lowerBound`, which must be a multiple of 16.
  func kernelView(_ outputs: Range<Int>) -> espalier_int8_weights {
    espalier_int8_weights(
      panels: panels + outputs.lowerBound / Self.lanes * panelBytes, outputs: outputs.count, depth: depth)
  }

  /// `output = input x selfᵀ`, plus what is in `output` when `accumulating`; split over panels.
  func multiply(_ input: Matrix, into output: Matrix, accumulating: Bool, _ workers: Workers) {
    let rows = workers.quantized(input)
    workers.split(outputs, granularity: Self.lanes, operations: input.rows * outputs * depth / 4) {
      range, _ in
      kernels.int8_product(
        kernelView(range), rows, output.base + range.lowerBound, output.stride, accumulating ? 1 : 0)
    }
  }

  /// Outputs `selected`, as panels of their own in `target`.
  func gather(outputs selected: [Int], into target: UnsafeMutablePointer<UInt8>, _ workers: Workers) {
    let count = (selected.count + Self.lanes - 1) / Self.lanes
    workers.split(count, granularity: 1, operations: selected.count * depth) { range, _ in
      for panel in range {
        let destination = UnsafeMutableRawPointer(target + panel * panelBytes)
        for lane in 0..<Self.lanes where panel * Self.lanes + lane < selected.count {
          let index = selected[panel * Self.lanes + lane]
          let source = UnsafeRawPointer(panels + index / Self.lanes * panelBytes)
          // The scale and every quad lie 64 bytes apart, at the lane's place.
          for offset in stride(from: 0, to: panelBytes, by: 64) {
            let word = source.loadUnaligned(
              fromByteOffset: offset + 4 * (index % Self.lanes), as: UInt32.self)
            destination.storeBytes(of: word, toByteOffset: offset + 4 * lane, as: UInt32.self)
          }
        }
      }
    }
  }

  /// Inputs `selected` of every output, as panels of depth `selected.count` in `target`, which is filled with 128.
  func gather(inputs selected: [Int], into target: UnsafeMutablePointer<UInt8>, _ workers: Workers) {
    let bytes = espalier_int8_panel_bytes(selected.count)
    workers.split(
      (outputs + Self.lanes - 1) / Self.lanes, granularity: 1, operations: selected.count * outputs
    ) { range, _ in
      for panel in range {
        let source = panels + panel * panelBytes
        let destination = target + panel * bytes
        destination.update(from: source, count: 64)
        for (place, index) in selected.enumerated() {
          let from = source + 64 + index / 4 * 64 + index % 4
          let to = destination + 64 + place / 4 * 64 + place % 4
          for lane in 0..<Self.lanes { to[4 * lane] = from[4 * lane] }
        }
      }
    }
  }
}

/// Memory of panels made at run time.
final class PanelBuffer: WeightOwner, @unchecked Sendable {
  let base: UnsafeMutablePointer<UInt8>

  /// `count` bytes of weights that are 0 where nothing else is written.
  init(count: Int) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(64, count), alignment: 64)
    base = memory.initializeMemory(as: UInt8.self, repeating: 128, count: max(64, count))
  }

  deinit { base.deallocate() }
}

/// Activations as 8-bit integers, kept from one product to the next.
final class QuantizedRows {
  private var values: UnsafeMutablePointer<Int8> = .allocate(capacity: 1)
  private var scales: UnsafeMutablePointer<Float> = .allocate(capacity: 1)
  private var sums: UnsafeMutablePointer<Int32> = .allocate(capacity: 1)
  private var valueCapacity = 1
  private var rowCapacity = 1

  deinit {
    values.deallocate()
    scales.deallocate()
    sums.deallocate()
  }

  /// Room for rows of a padded width; what was there before is lost.
  func reserve(rows: Int, stride: Int) -> espalier_int8_rows {
    if rows * stride > valueCapacity {
      values.deallocate()
      valueCapacity = rows * stride
      values = .allocate(capacity: valueCapacity)
    }
    if rows > rowCapacity {
      scales.deallocate()
      sums.deallocate()
      rowCapacity = rows
      scales = .allocate(capacity: rows)
      sums = .allocate(capacity: rows)
    }
    return espalier_int8_rows(values: values, stride: stride, scales: scales, sums: sums, count: rows)
  }

  /// Quantises row `place` of the tile of `tile` rows that starts at row `first`.
  func fill(
    _ place: Int, of tile: Int, from first: Int, stride: Int, _ source: UnsafePointer<Float>, count: Int
  ) {
    kernels.quantize_int8(
      source, count, values + first * stride + 4 * place, 4 * tile, scales + first + place,
      sums + first + place)
  }
}

extension Workers {
  /// The rows of a matrix as 8-bit integers, valid until the next call. For the thread that shares out the work.
  func quantized(_ input: Matrix) -> espalier_int8_rows {
    let stride = (input.columns + 3) / 4 * 4
    let rows = quantizedRows.reserve(rows: input.rows, stride: stride)
    // Whole tiles: the granularity is the largest, and every smaller tile is in the last part.
    split(input.rows, granularity: 12, operations: input.rows * input.columns) { range, _ in
      var first = range.lowerBound
      while first < range.upperBound {
        let tile = espalier_int8_tile_rows(range.upperBound - first)
        for place in 0..<tile {
          quantizedRows.fill(
            place, of: tile, from: first, stride: stride, input.rowBase(first + place), count: input.columns)
        }
        first += tile
      }
    }
    return rows
  }
}
