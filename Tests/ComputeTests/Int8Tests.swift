import CKernels
import PlanFormat
import TestSupport
import Testing

@testable import Compute

/// Products of 8-bit integers: every instruction set gives the bits of plain integer arithmetic.
@Suite struct Int8Tests {
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
      kernels.quantize_int8(x, count, &q, 4, &scale, &sum)
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
      kernels.quantize_int8([value, 0, value, 0, 0, 0, 0, 0], 8, &q, 4, &scale, &sum)
      #expect(q.allSatisfy { (-127...127).contains($0) } && !(scale < 0), "\(name)")
      #expect(!value.isInfinite || scale.isInfinite, "\(name)")
    }
  }

  @Test func `a matrix of integers multiplies both ways like the numbers it stands for`() {
    let workers = Workers(count: 2)
    let (rows, columns) = (37, 50)
    let plain = randomMatrix(rows, columns, seed: 5)
    let outputs = Panels(plain).matrix
    let neurons = Panels(plain.transposed).neurons
    for count in [1, 2, 30] {
      let input = randomMatrix(count, columns, seed: 6)
      #expect(relativeDifference(outputs, plain, input, workers) < 0.02)
      let activations = randomMatrix(count, rows, seed: 7)
      let result = Matrix(rows: count, columns: columns)
      neurons.multiplyNeurons(activations, into: result, workers)
      let expected = Matrix(rows: count, columns: columns)
      WeightMatrix(plain).multiplyNeurons(activations, into: expected, workers)
      #expect(relativeDifference(result, expected) < 0.02)
    }
  }

  @Test func `gathered rows and neurons are the same numbers`() {
    let workers = Workers(count: 2)
    let plain = randomMatrix(45, 30, seed: 8)
    let selected = [0, 3, 4, 17, 18, 19, 31, 44]
    let outputs = Panels(plain).matrix
    let gathered = outputs.gathering(rows: selected, workers)
    let (left, right) = (Matrix(rows: 1, columns: 30), Matrix(rows: 1, columns: 30))
    for (index, row) in selected.enumerated() {
      outputs.copyRow(row, into: left, row: 0)
      gathered.copyRow(index, into: right, row: 0)
      #expect(left.elements == right.elements)
    }
    // Activations of the neurons that are left out are zero: nothing else changes.
    let neurons = Panels(plain.transposed).neurons
    let few = randomMatrix(3, selected.count, seed: 9)
    let all = Matrix(rows: 3, columns: 45)
    for row in 0..<3 {
      for (index, neuron) in selected.enumerated() { all[row, neuron] = few[row, index] }
    }
    let (whole, part) = (Matrix(rows: 3, columns: 30), Matrix(rows: 3, columns: 30))
    neurons.multiplyNeurons(all, into: whole, workers)
    neurons.gathering(rows: selected, workers).multiplyNeurons(few, into: part, workers)
    #expect(whole.elements == part.elements)
  }

  private func relativeDifference(
    _ integers: WeightMatrix, _ plain: Matrix, _ input: Matrix, _ workers: Workers
  ) -> Float {
    let result = Matrix(rows: input.rows, columns: plain.rows)
    integers.multiply(input, into: result, workers)
    let expected = Matrix(rows: input.rows, columns: plain.rows)
    WeightMatrix(plain).multiply(input, into: expected, workers)
    return relativeDifference(result, expected)
  }

  private func relativeDifference(_ result: Matrix, _ expected: Matrix) -> Float {
    let pairs = zip(result.elements, expected.elements)
    let error = pairs.reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (error / expected.elements.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }
}

/// Panels of integers made by the plan's own encoder, or of any bytes.
private struct Panels {
  let buffer: PanelBuffer
  let outputs: Int
  let depth: Int

  /// All levels that an encoder can write.
  init(outputs: Int, depth: Int) {
    let count = Int8Matrix.byteCount(outputs: outputs, depth: depth)
    buffer = PanelBuffer(count: count)
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

  init(_ matrix: Matrix) {
    var encoder = Int8Encoder(depth: matrix.columns)
    var bytes: [UInt8] = []
    func take(_ piece: RawSpan) throws(PlanError) { piece.withUnsafeBytes { bytes += Array($0) } }
    try? encoder.append(matrix.elements, into: take)
    try? encoder.finish(into: take)
    buffer = PanelBuffer(count: bytes.count)
    buffer.base.update(from: bytes, count: bytes.count)
    (outputs, depth) = (matrix.rows, matrix.columns)
  }

  private var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: buffer.base, count: Int8Matrix.byteCount(outputs: outputs, depth: depth))
  }
  var matrix: WeightMatrix { WeightMatrix(int8: bytes, rows: outputs, columns: depth, owner: buffer) }
  var neurons: WeightMatrix { WeightMatrix(int8Neurons: bytes, rows: depth, columns: outputs, owner: buffer) }
  var view: espalier_int8_weights {
    espalier_int8_weights(panels: buffer.base, outputs: outputs, depth: depth)
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

  init(count: Int, depth: Int, _ kernels: espalier_kernels) {
    stride = (depth + 3) / 4 * 4
    values = Array(repeating: 0, count: count * stride)
    scales = Array(repeating: 0, count: count)
    sums = Array(repeating: 0, count: count)
    var first = 0
    while first < count {
      let tile = espalier_int8_tile_rows(count - first)
      for place in 0..<tile {
        let row = first + place
        let x = (0..<depth).map { Float((row * 131 + $0 * 37) % 255 - 127) * 0.1 * Float(row + 1) }
        values.withUnsafeMutableBufferPointer {
          let start = $0.baseAddress.unsafelyUnwrapped + first * stride + 4 * place
          kernels.quantize_int8(x, depth, start, 4 * tile, &scales[row], &sums[row])
        }
      }
      first += tile
    }
  }

  func value(_ row: Int, _ index: Int) -> Int8 {
    var first = 0
    while first + espalier_int8_tile_rows(scales.count - first) <= row {
      first += espalier_int8_tile_rows(scales.count - first)
    }
    let tile = espalier_int8_tile_rows(scales.count - first)
    return values[first * stride + 4 * (index / 4 * tile + row - first) + index % 4]
  }

  func withView(_ body: (espalier_int8_rows) -> Void) {
    values.withUnsafeBufferPointer { values in
      scales.withUnsafeBufferPointer { scales in
        sums.withUnsafeBufferPointer { sums in
          body(
            espalier_int8_rows(
              values: values.baseAddress, stride: stride, scales: scales.baseAddress, sums: sums.baseAddress,
              count: self.scales.count))
        }
      }
    }
  }
}

extension Matrix {
  fileprivate var transposed: Matrix {
    let result = Matrix(rows: columns, columns: rows)
    for row in 0..<rows { for column in 0..<columns { result[column, row] = self[row, column] } }
    return result
  }
}
