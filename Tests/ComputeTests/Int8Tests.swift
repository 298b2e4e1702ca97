import CKernels
import TestSupport
import Testing

@testable import Compute

/// Products of 8-bit integers: every instruction set gives the bits of plain integer arithmetic.
@Suite(.endsWithin(minutes: 1)) struct Int8Tests {
  /// Depths and outputs around the edges of quads, panels and tiles.
  static let shapes = [(1, 1), (3, 5), (4, 16), (5, 17), (63, 31), (64, 33), (130, 80), (1027, 48)]
  static let rowCounts = [1, 2, 3, 5, 6, 11, 12, 13, 25]

  @Test(arguments: shapes) func `a product is the scaled sum of integer products`(shape: (Int, Int)) {
    let (depth, outputs) = shape
    let weights = Panels(outputs: outputs, depth: depth)
    for (name, kernels) in KernelTests.tables {
      for count in Self.rowCounts {
        let rows = Rows(count: count, depth: depth, kernels)
        for accumulating in [false, true] {
          var out = [Float](repeating: 7, count: count * (outputs + 3))
          rows.withView { kernels.int8_product(weights.view, $0, &out, outputs + 3, accumulating ? 1 : 0) }
          for row in 0..<count {
            for output in 0..<outputs {
              let sum = (0..<depth).reduce(Int32(0)) {
                $0 + Int32(rows.value(row, $1)) * weights.level(output, $1)
              }
              let value = Float(sum) * (weights.scale(output) * rows.scales[row])
              let expected = accumulating ? 7 + value : value
              #expect(abs(out[row * (outputs + 3) + output] - expected) <= abs(expected) * 1e-6, "\(name)")
            }
            #expect(out[row * (outputs + 3) + outputs] == 7, "\(name) writes behind the last output")
          }
        }
      }
    }
  }

  @Test(arguments: [0, 1, 7, 64, 1001])
  func `quantised rows are within half a step, on every instruction set`(
    count: Int
  ) {
    let x = (0..<count).map { Float(($0 * 7919) % 2001 - 1000) * 0.37 }
    var first: [Int8]?
    for (name, kernels) in KernelTests.tables {
      var q = [Int8](repeating: 9, count: count + 3)
      var scale: Float = 0
      var sum: Int32 = 0
      kernels.quantize_bytes(x, count, 127, &q, 4, &scale, &sum)
      for index in x.indices { #expect(abs(Float(q[index]) * scale - x[index]) <= scale * 0.5001, "\(name)") }
      let padded = (count + 3) / 4 * 4
      #expect(q[count..<padded].allSatisfy { $0 == 0 } && q[padded...].allSatisfy { $0 == 9 }, "\(name)")
      #expect(sum == q[..<padded].reduce(0) { $0 + Int32($1) }, "\(name)")
      #expect(q == first ?? q, "\(name)")
      first = q
    }
  }

  @Test(arguments: [Float.infinity, -.infinity, .nan, 0, 1e-38, 3e38])
  func `extreme values neither trap nor wrap`(
    value: Float
  ) {
    for (name, kernels) in KernelTests.tables {
      var q = [Int8](repeating: 9, count: 8)
      var scale: Float = -1
      var sum: Int32 = 0
      kernels.quantize_bytes([value, 0, value, 0, 0, 0, 0, 0], 8, 127, &q, 4, &scale, &sum)
      #expect(q.allSatisfy { (-127...127).contains($0) } && !(scale < 0), "\(name)")
      #expect(!value.isInfinite || scale.isInfinite, "\(name)")
    }
  }
}

/// Panels of integers with all levels that an encoder can write.
private struct Panels {
  let buffer: PanelBuffer
  let outputs: Int
  let depth: Int

  init(outputs: Int, depth: Int) {
    buffer = PanelBuffer(count: (outputs + 15) / 16 * espalier_int8_panel_bytes(depth), zero: 128)
    (self.outputs, self.depth) = (outputs, depth)
    for output in 0..<outputs {
      withUnsafeBytes(of: Float(output % 5 + 1) * 0.01) { bytes in
        for (index, byte) in bytes.enumerated() { buffer.base[place(output) + index] = byte }
      }
      for index in 0..<depth {
        let level = (output * 31 + index * 17) % 255 - 127
        buffer.base[place(output, index)] = UInt8(level + 128)
      }
    }
  }

  var view: espalier_int8_weights {
    espalier_int8_weights(
      panels: buffer.base, panel_bytes: espalier_int8_panel_bytes(depth), outputs: outputs, depth: depth)
  }

  private func place(_ output: Int) -> Int {
    output / 16 * espalier_int8_panel_bytes(depth) + 4 * (output % 16)
  }
  private func place(_ output: Int, _ index: Int) -> Int { place(output) + 64 + index / 4 * 64 + index % 4 }
  func level(_ output: Int, _ index: Int) -> Int32 { Int32(buffer.base[place(output, index)]) - 128 }
  func scale(_ output: Int) -> Float {
    UnsafeRawPointer(buffer.base + place(output)).loadUnaligned(as: Float.self)
  }
}

/// Rows of activations, quantised.
private struct Rows {
  var values: [Int8]
  var scales: [Float]
  var sums: [Int32]
  let stride: Int
  private let quadBytes: Int

  init(count: Int, depth: Int, _ kernels: espalier_kernels) {
    stride = (depth + 3) / 4 * 4
    quadBytes = kernels.quad_bytes
    values = Array(repeating: 0, count: count * stride / 4 * quadBytes)
    scales = Array(repeating: 0, count: count)
    sums = Array(repeating: 0, count: count)
    var first = 0
    while first < count {
      let tile = espalier_tile_rows(count - first)
      for place in 0..<tile {
        let row = first + place
        let x = (0..<depth).map { Float((row * 131 + $0 * 37) % 255 - 127) * 0.1 * Float(row + 1) }
        values.withUnsafeMutableBufferPointer {
          let start = $0.baseAddress.unsafelyUnwrapped + quadBytes * (first * stride / 4 + place)
          kernels.quantize_int8(x, depth, 127, start, quadBytes * tile, &scales[row], &sums[row])
        }
      }
      first += tile
    }
  }

  func value(_ row: Int, _ index: Int) -> Int8 {
    var first = 0
    while first + espalier_tile_rows(scales.count - first) <= row {
      first += espalier_tile_rows(scales.count - first)
    }
    let tile = espalier_tile_rows(scales.count - first)
    let quad = quadBytes * (first * stride / 4 + index / 4 * tile + row - first)
    // As 16 bits the elements are in the order 0, 2, 1, 3; these fit into the lower byte.
    return quadBytes == 4 ? values[quad + index % 4] : values[quad + 2 * [0, 2, 1, 3][index % 4]]
  }

  func withView(_ body: (espalier_int8_rows) -> Void) {
    values.withUnsafeBufferPointer { values in
      scales.withUnsafeBufferPointer { scales in
        sums.withUnsafeBufferPointer { sums in
          body(
            espalier_int8_rows(
              values: values.baseAddress, stride: stride, scales: scales.baseAddress, sums: sums.baseAddress,
              group_sums: nil, count: self.scales.count))
        }
      }
    }
  }
}
