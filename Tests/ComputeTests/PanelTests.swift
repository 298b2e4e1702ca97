import CKernels
import Plan
import PlanFile
import Testing
import TestSupport

@testable import Compute

/// Matrices in panels stand for the numbers they were made of, within their rounding, whatever is done with them.
@Suite(.endsWithin(minutes: 1)) struct PanelTests {
  /// Outputs and depths around the edges of words, groups, panels and tiles.
  static let shapes = [(1, 1), (5, 3), (16, 32), (17, 33), (31, 63), (33, 64), (80, 130), (48, 1027)]

  @Test(arguments: PanelEncoding.all, shapes)
  func `every instruction set multiplies like the decoded rows`(encoding: PanelEncoding, shape: (Int, Int)) {
    let (outputs, depth) = shape
    let plain = randomMatrix(outputs, depth, seed: 1)
    let panels = Panels(encoding, plain)
    for (name, kernels) in KernelTests.tables {
      let decoded = panels.decoded(kernels)
      #expect(relativeDifference(decoded, plain) <= encoding.tolerance, "\(name)")
      for count in [1, 2, 3, 5, 6, 11, 12, 13, 25] {
        let input = randomMatrix(count, depth, seed: 2)
        let expected = MatrixView(rows: count, columns: outputs)
        WeightMatrix(decoded).multiply(input, into: expected, Workers(count: 1))
        for accumulating in [false, true] {
          let result = panels.multiply(input, accumulatingOn: accumulating ? 7 : nil, kernels)
          for row in 0..<count {
            for output in 0..<outputs {
              let value = expected[row, output] + (accumulating ? 7 : 0)
              // Activations round to 8 bits: an error of a few 1/127 of a unit vector's products.
              #expect(
                abs(result[row, output] - value) < 0.006 * Float(depth).squareRoot() + 0.008,
                "\(name): row \(row) of \(count), output \(output)")
            }
            #expect(result[row, outputs] == 9, "\(name) writes behind the last output")
          }
        }
      }
    }
  }

  /// Half a step of 1/63 of a row's largest element is what each activation may be off by.
  @Test func `activations of 7 bits are rounded to those`() {
    let workers = Workers(count: 2)
    let plain = randomMatrix(37, 90, seed: 5)
    let input = randomMatrix(14, 90, seed: 6)
    let rounded = MatrixView(rows: 14, columns: 90)
    for row in 0..<14 {
      let step = (0..<90).map { abs(input[row, $0]) }.max().map { $0 / 63 } ?? 0
      for column in 0..<90 {
        rounded[row, column] = (input[row, column] / step).rounded(.toNearestOrEven) * step
      }
    }
    let matrix = panels(.int8, plain)
    let decoded = MatrixView(rows: 37, columns: 90)
    for row in 0..<37 { matrix.copyRow(row, into: decoded, row: row) }
    let (result, expected) = (MatrixView(rows: 14, columns: 37), MatrixView(rows: 14, columns: 37))
    matrix.narrowed.multiply(input, into: result, workers)
    WeightMatrix(decoded).multiply(rounded, into: expected, workers)
    #expect(relativeDifference(result, expected) < 1e-5)
    let wide = MatrixView(rows: 14, columns: 37)
    matrix.multiply(input, into: wide, workers)
    #expect(relativeDifference(result, wide) > 1e-3)
    // What is rounded otherwise stays as it is.
    let other = panels(.bfloat16, plain)
    other.narrowed.multiply(input, into: result, workers)
    other.multiply(input, into: wide, workers)
    #expect(result.elements == wide.elements)
  }

  @Test(arguments: PanelEncoding.all, shapes)
  func `a row has the same bits whatever rows are beside it`(encoding: PanelEncoding, shape: (Int, Int)) {
    let panels = Panels(encoding, randomMatrix(shape.0, shape.1, seed: 1))
    for (name, kernels) in KernelTests.tables
    where encoding != .bfloat16 || kernels.bfloat16_rows_alike != 0 {
      for count in [2, 3, 4, 8, 13] {
        let input = randomMatrix(count, shape.1, seed: 2)
        let together = panels.multiply(input, accumulatingOn: 0, kernels)
        for row in 0..<count {
          #expect(
            together.row(row)
              == panels.multiply(input[rows: row..<row + 1], accumulatingOn: 0, kernels).row(0), "\(name)")
        }
      }
    }
  }

  @Test(arguments: PanelEncoding.all)
  func `a matrix multiplies both ways like the numbers it stands for`(encoding: PanelEncoding) {
    let workers = Workers(count: 2)
    let (rows, columns) = (37, 90)
    let plain = randomMatrix(rows, columns, seed: 5)
    for count in [1, 2, 30] {
      let input = randomMatrix(count, columns, seed: 6)
      let (result, expected) = (
        MatrixView(rows: count, columns: rows), MatrixView(rows: count, columns: rows)
      )
      panels(encoding, plain).multiply(input, into: result, workers)
      WeightMatrix(plain).multiply(input, into: expected, workers)
      #expect(relativeDifference(result, expected) < encoding.tolerance)

      let active = randomMatrix(count, rows, seed: 7)
      let (back, plainBack) = (
        MatrixView(rows: count, columns: columns), MatrixView(rows: count, columns: columns)
      )
      neuronPanels(encoding, plain).multiplyNeurons(active, into: back, workers)
      WeightMatrix(plain).multiplyNeurons(active, into: plainBack, workers)
      #expect(relativeDifference(back, plainBack) < encoding.tolerance)
    }
  }

  @Test(arguments: PanelEncoding.all)
  func `gathered rows and neurons are the same numbers`(encoding: PanelEncoding) {
    let workers = Workers(count: 2)
    let plain = randomMatrix(145, 30, seed: 8)
    let selected = [0, 3, 4, 17, 18, 19, 31, 44, 63, 64, 97, 144, 140].sorted()
    let outputs = panels(encoding, plain)
    let gathered = outputs.gathering(rows: selected, workers)
    let (left, right) = (MatrixView(rows: 1, columns: 30), MatrixView(rows: 1, columns: 30))
    for (index, row) in selected.enumerated() {
      outputs.copyRow(row, into: left, row: 0)
      gathered.copyRow(index, into: right, row: 0)
      #expect(left.elements == right.elements)
    }
    // Activations of the neurons that are left out are zero: nothing else changes.
    let neurons = neuronPanels(encoding, plain)
    let few = randomMatrix(3, selected.count, seed: 9)
    let all = MatrixView(rows: 3, columns: 145)
    for row in 0..<3 {
      for (index, neuron) in selected.enumerated() { all[row, neuron] = few[row, index] }
    }
    let (whole, part) = (MatrixView(rows: 3, columns: 30), MatrixView(rows: 3, columns: 30))
    neurons.multiplyNeurons(all, into: whole, workers)
    neurons.gathering(rows: selected, workers).multiplyNeurons(few, into: part, workers)
    // int4 neurons are gathered into int8, which rounds them once more.
    #expect(relativeDifference(part, whole) < (encoding == .int4 ? 0.02 : 1e-6))
  }

  @Test(arguments: PanelEncoding.all)
  func `parts of panels multiply as the same parts of the numbers`(encoding: PanelEncoding) {
    let workers = Workers(count: 2)
    let plain = randomMatrix(160, 70, seed: 11)
    let input = randomMatrix(5, 70, seed: 12)
    let whole = MatrixView(rows: 5, columns: 160)
    let outputs = panels(encoding, plain)
    outputs.multiply(input, into: whole, workers)
    let ranges = [48..<60, 0..<3, 144..<160]
    let some = MatrixView(rows: 5, columns: 31)
    outputs.multiply(input, outputs: ranges, into: some, workers)
    for row in 0..<5 {
      let expected = ranges.flatMap { range in range.map { whole[row, $0] } }
      #expect(some.row(row) == expected)
    }

    let neurons = neuronPanels(encoding, plain)
    for count in [32, 33, 96, 159, 160] {
      let few = randomMatrix(5, count, seed: 13)
      let all = MatrixView(rows: 5, columns: 160)
      for row in 0..<5 { for column in 0..<count { all[row, column] = few[row, column] } }
      let (padded, part) = (MatrixView(rows: 5, columns: 70), MatrixView(rows: 5, columns: 70))
      neurons.multiplyNeurons(all, into: padded, workers)
      neurons[rows: 0..<count].multiplyNeurons(few, into: part, workers)
      #expect(relativeDifference(part, padded) < 1e-6)
    }
  }

  @Test func `four bits hold sixteen levels exactly, and each group has a scale of its own`() {
    let row = (0..<96).map { Float($0 % 16 - 8) * [0.25, -1, 32][$0 / 32] }
    let decoded = Panels(.int4, MatrixView(rows: 1, columns: 96, elements: row))
      .decoded(KernelTests.tables[0].1)
    #expect(decoded.elements == row)
  }

  @Test(arguments: PanelEncoding.all, [Float.infinity, -.infinity, .nan, 0, 1.5e-38, 3e38])
  func `extreme weights leave their neighbours alone`(encoding: PanelEncoding, value: Float) {
    let plain = randomMatrix(18, 40, seed: 3)
    plain[2, 5] = value
    let decoded = Panels(encoding, plain).decoded(KernelTests.tables[0].1)
    for row in 0..<18 where row != 2 {
      for column in 0..<40 { #expect(abs(decoded[row, column] - plain[row, column]) < 0.13) }
    }
    #expect(encoding == .bfloat16 || !value.isFinite || decoded.row(2).allSatisfy { $0.isFinite })
  }

  @Test func `bfloat16 rounds to nearest even`() {
    let values: [Float] = [1, 1.00390625, 1.01171875, -1.00390625, 1.5e-38, .infinity, -.infinity, 3.4e38]
    let decoded = Panels(.bfloat16, MatrixView(rows: 1, columns: 8, elements: values))
      .decoded(KernelTests.tables[0].1)
    for (index, bits) in bfloat16(values).enumerated() {
      #expect(decoded[0, index] == Float(bitPattern: UInt32(bits) << 16))
    }
  }

  private func relativeDifference(_ result: MatrixView, _ expected: MatrixView) -> Float {
    let pairs = zip(result.elements, expected.elements)
    let error = pairs.reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (error / expected.elements.reduce(1e-30) { $0 + $1 * $1 }).squareRoot()
  }
}

/// Panels made by the plan's own encoder, for one table of kernels at a time.
private struct Panels {
  let encoding: PanelEncoding
  let (outputs, depth): (Int, Int)
  private let bytes: [UInt8]

  init(_ encoding: PanelEncoding, _ matrix: MatrixView) {
    self.encoding = encoding
    (outputs, depth) = (matrix.rows, matrix.columns)
    var encoder = PanelEncoder(encoding, depth: depth)
    var bytes: [UInt8] = []
    func take(_ piece: RawSpan) { piece.withUnsafeBytes { bytes += Array($0) } }
    encoder.append(matrix.elements, into: take)
    encoder.finish(into: take)
    self.bytes = bytes
  }

  /// What a table reads from the panels, row by row.
  func decoded(_ kernels: espalier_kernels) -> MatrixView {
    let result = MatrixView(rows: outputs, columns: depth)
    for output in 0..<outputs {
      switch encoding {
      case .bfloat16: kernels.bfloat16_row(bfloat16View, output, result.rowBase(output))
      case .int8: kernels.int8_row(int8View, output, result.rowBase(output))
      case .int4: kernels.int4_row(int4View, output, result.rowBase(output))
      }
    }
    return result
  }

  /// The product by a table's kernel, `[n x (outputs + 1)]`; the last column holds what was there before: 9.
  func multiply(_ input: MatrixView, accumulatingOn start: Float?, _ kernels: espalier_kernels) -> MatrixView
  {
    let result = MatrixView(rows: input.rows, columns: outputs + 1)
    result.fill(start ?? .nan)
    for row in 0..<input.rows { result[row, outputs] = 9 }
    let accumulating: Int32 = start == nil ? 0 : 1
    if encoding == .bfloat16 {
      let stride = (depth + 1) / 2
      var values = [UInt8](repeating: 0xFF, count: input.rows * stride * kernels.pair_bytes)
      forEachTile(of: 0..<input.rows) { first, tile in
        for place in 0..<tile {
          values.withUnsafeMutableBufferPointer {
            kernels.pair_row(
              input.rowBase(first + place), depth, 1,
              $0.baseAddress.unsafelyUnwrapped + kernels.pair_bytes * (first * stride + place),
              kernels.pair_bytes * tile)
          }
        }
      }
      values.withUnsafeBufferPointer {
        kernels.bfloat16_product(
          bfloat16View,
          espalier_paired_rows(values: $0.baseAddress, stride: stride, count: input.rows), result.base,
          result.stride, accumulating)
      }
      return result
    }
    var rows = IntegerRows(input, inGroups: encoding == .int4, kernels)
    rows.withView { view in
      if encoding == .int8 {
        kernels.int8_product(int8View, view, result.base, result.stride, accumulating)
      } else {
        kernels.int4_product(int4View, view, result.base, result.stride, accumulating)
      }
    }
    return result
  }

  private var bfloat16View: espalier_bfloat16_panels {
    espalier_bfloat16_panels(
      panels: base, panel_bytes: espalier_bfloat16_panel_bytes(depth), outputs: outputs, depth: depth)
  }
  private var int8View: espalier_int8_weights {
    espalier_int8_weights(
      panels: base, panel_bytes: espalier_int8_panel_bytes(depth), outputs: outputs, depth: depth)
  }
  private var int4View: espalier_int4_weights {
    espalier_int4_weights(
      panels: base, panel_bytes: espalier_int4_panel_bytes(depth), outputs: outputs, depth: depth)
  }
  /// The array is never changed, so its storage stays where it is.
  private var base: UnsafePointer<UInt8> {
    bytes.withUnsafeBufferPointer { $0.baseAddress.unsafelyUnwrapped }
  }
}

/// Rows of activations as integers, in groups with their sums as int4 products take them; stale bytes are where nothing is
/// written.
private struct IntegerRows {
  private var values: [Int8]
  private var scales: [Float]
  private var sums: [Int32]
  private var groupSums: [Int32]
  private let stride: Int

  init(_ input: MatrixView, inGroups: Bool, _ kernels: espalier_kernels) {
    stride = (input.columns + 63) / 64 * 64
    let quadBytes = inGroups ? 4 : kernels.quad_bytes
    let quantize = inGroups ? kernels.quantize_bytes : kernels.quantize_int8
    values = Array(repeating: 99, count: input.rows * stride / 4 * quadBytes)
    scales = Array(repeating: 0, count: input.rows)
    sums = Array(repeating: 0, count: input.rows)
    groupSums = Array(repeating: 0, count: input.rows * stride / 32)
    values.withUnsafeMutableBufferPointer { values in
      groupSums.withUnsafeMutableBufferPointer { groupSums in
        forEachTile(of: 0..<input.rows) { first, tile in
          for place in 0..<tile {
            let start = values.baseAddress.unsafelyUnwrapped + quadBytes * (first * stride / 4 + place)
            quantize?(
              input.rowBase(first + place), input.columns, 127, start, quadBytes * tile,
              &scales[first + place],
              &sums[first + place])
            guard inGroups else { continue }
            kernels.group_sums(
              start, input.columns, 4 * tile,
              groupSums.baseAddress.unsafelyUnwrapped + first * stride / 32 + place, tile)
          }
        }
      }
    }
  }

  mutating func withView(_ body: (espalier_int8_rows) -> Void) {
    values.withUnsafeBufferPointer { values in
      scales.withUnsafeBufferPointer { scales in
        sums.withUnsafeBufferPointer { sums in
          groupSums.withUnsafeBufferPointer { groupSums in
            body(
              espalier_int8_rows(
                values: values.baseAddress, stride: stride, scales: scales.baseAddress,
                sums: sums.baseAddress, group_sums: groupSums.baseAddress, count: scales.count))
          }
        }
      }
    }
  }
}
