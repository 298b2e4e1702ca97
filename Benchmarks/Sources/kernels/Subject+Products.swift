import Compute

extension Subject {
  private static let encodings: [(name: String, encoding: PanelEncoding)] = [
    ("int8_product", .int8), ("int4_product", .int4), ("bfloat16_product", .bfloat16),
  ]

  /// Products with weights, as layers do them: activations are rounded or paired on the way.
  static var products: [Subject] {
    encodings.flatMap { name, encoding in
      [(768, 3072), (1152, 4304), (2048, 5632)].flatMap { depth, outputs in
        [1, 8, 64, 256, 1024].map { rows in
          Subject(kernel: name, shape: "\(rows)x\(depth)x\(outputs)") { workers in
            try product(encoding, rows, depth, outputs, workers)
          }
        }
      }
    }
  }

  private static func product(
    _ encoding: PanelEncoding, _ rows: Int, _ depth: Int, _ outputs: Int, _ workers: Workers
  ) throws -> Run {
    let memory = try PanelMemory(encoding, outputs: outputs, depth: depth)
    let matrix = memory.matrix(encoding, outputs: outputs, depth: depth)
    let (input, output) = (random(rows, depth), MatrixView(rows: rows, columns: outputs))
    let call = { matrix.multiply(input, into: output, workers) }
    // One row reads every weight for a single multiply-add.
    if rows == 1 {
      return Run(limit: .reading, work: Double(memory.bytes.count), unit: .bytes, memory: memory, call: call)
    }
    let limit = try encoding == .bfloat16 ? Limit.first(.bfloat16, .float) : Limit.first(.int8, .float)
    return Run(limit: limit, work: 2 * Double(rows * depth * outputs), unit: .operations, call: call)
  }

  /// Rows of random numbers.
  static func random(_ rows: Int, _ columns: Int, in range: ClosedRange<Float> = -1...1) -> MatrixView {
    MatrixView(
      rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in Float.random(in: range) })
  }
}
