public import Compute
public import Models
public import Plan
public import PlanFile
public import PlanWriting

/// Weights drawn from a seed and the tensor's name, scaled so that activations stay near 1.
public struct RandomWeights: ModelWeights {
  /// How matrices are held in memory.
  public enum Storage: Sendable {
    /// As drawn.
    case float32
    /// Rounded to bfloat16 and stored so.
    case bfloat16
    /// Rounded to bfloat16 and stored as float32: the same numbers as `bfloat16`.
    case roundedFloat32
  }

  /// Factors of some tensors, by name: 0 makes a part do nothing.
  public var factors: [String: Float] = [:]
  /// Neurons of the down projections from this one on do nothing.
  public var deadNeurons: Int?
  private let seed: UInt64
  private let storage: Storage

  /// Weights of one seed.
  public init(seed: UInt64, storage: Storage = .float32) {
    self.seed = seed
    self.storage = storage
  }

  /// A matrix of that name, with rows of about unit norm.
  public func matrix(_ name: String, rows: Int, columns: Int) throws(ModelError) -> WeightMatrix {
    let drawn = matrixElements(name, rows, columns)
    switch storage {
    case .float32: return WeightMatrix(MatrixView(rows: rows, columns: columns, elements: drawn))
    case .roundedFloat32:
      let rounded = bfloat16(drawn).map { Float(bitPattern: UInt32($0) << 16) }
      return WeightMatrix(MatrixView(rows: rows, columns: columns, elements: rounded))
    case .bfloat16:
      return panels(.bfloat16, MatrixView(rows: rows, columns: columns, elements: drawn))
    }
  }

  /// The same for a matrix whose rows are inputs.
  public func neurons(_ name: String, rows: Int, columns: Int) throws(ModelError) -> WeightMatrix {
    guard storage == .bfloat16 else { return try matrix(name, rows: rows, columns: columns) }
    let drawn = matrixElements(name, rows, columns)
    return neuronPanels(.bfloat16, MatrixView(rows: rows, columns: columns, elements: drawn))
  }

  /// A vector of that name: frequencies as a decoder has them, norm weights around 1, biases around 0.
  public func vector(_ name: String, count: Int) throws(ModelError) -> WeightVector {
    WeightVector(vectorElements(name, count))
  }

  private func matrixElements(_ name: String, _ rows: Int, _ columns: Int) -> [Float] {
    let scale = (3 / Float(columns)).squareRoot() * factors[name, default: 1]
    let matrix = randomMatrix(rows, columns, seed: hash(name), scale: scale)
    if let deadNeurons, name.hasSuffix("/down") {
      for row in deadNeurons..<max(deadNeurons, rows) { matrix.withRow(row) { $0.update(repeating: 0) } }
    }
    return matrix.elements
  }

  private func vectorElements(_ name: String, _ count: Int) -> [Float] {
    if name.hasSuffix("frequencies") { return (0..<count).map { 1 / Float(1 << $0) } }
    let base: Float = name.hasSuffix("norm") ? 1 : 0
    return randomMatrix(1, count, seed: hash(name), scale: 0.2).row(0).map { $0 + base }
  }

  /// FNV-1a, so that the numbers do not depend on Swift's hashing.
  private func hash(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325 ^ seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}

extension RandomWeights: WeightSource {
  /// The same numbers as `matrix` and `vector` give, for a plan.
  public func stream(
    _ tensor: WeightSpecification, as format: WeightFormat, into sink: (RawSpan) throws(PlanError) -> Void
  ) throws(PlanError) -> Double? {
    let elements =
      tensor.shape.count == 2
      ? matrixElements(tensor.name, tensor.shape[0], tensor.shape[1])
      : vectorElements(tensor.name, tensor.shape[0])
    guard format.hasPanels else {
      try sink(elements.span.bytes)
      return nil
    }
    let matrix = MatrixView(rows: tensor.shape[0], columns: tensor.shape[1], elements: elements)
    return try encode(tensor.isNeuronMajor ? matrix.transposed : matrix, as: format, into: sink)
  }
}
