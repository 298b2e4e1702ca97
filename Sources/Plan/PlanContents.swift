/// Everything a plan says, except the weights themselves.
public struct PlanContents: Equatable, Sendable {
  /// Shapes and options of the model.
  public var model: ModelDescription
  /// How a picture becomes the tower's input.
  public var image: ImagePreprocessing
  /// Vocabulary and merges.
  public var tokenizer: TokenizerTables
  /// The chat template as segments.
  public var prompt: PromptTemplate
  /// What calibration found; `nil` before calibration.
  public var calibration: CalibrationRecord?
  /// Operating points in the order in which they are shown.
  public var points: [OperatingPoint]
  /// Everything tuning measured that nothing else beat in divergence, prefill and memory, from careful to bold.
  public var front: [OperatingPoint]
  /// Storage of the matrices.
  public var weightFormat: WeightFormat
  /// Matrices that are stored otherwise, by name.
  public var weightOverrides: [String: WeightFormat] = [:]
  /// Products, by the names of `WeightSpecification.product`, that round their activations to 7 bits where their weights
  /// are int8; all others have 8.
  public var narrowProducts: [String] = []
  /// SHA-256 of the checkpoint the plan was imported from, hexadecimal; empty when there was none.
  public var sourceDigest: String

  /// Creates contents from their parts.
  public init(
    model: ModelDescription, image: ImagePreprocessing, tokenizer: TokenizerTables, prompt: PromptTemplate,
    calibration: CalibrationRecord? = nil, points: [OperatingPoint] = [], front: [OperatingPoint] = [],
    weightFormat: WeightFormat, sourceDigest: String
  ) {
    self.model = model
    self.image = image
    self.tokenizer = tokenizer
    self.prompt = prompt
    self.calibration = calibration
    self.points = points
    self.front = front
    self.weightFormat = weightFormat
    self.sourceDigest = sourceDigest
  }
}

extension PlanContents {
  /// How a tensor of the model is stored.
  public func format(of tensor: WeightSpecification) -> WeightFormat {
    tensor.followsWeightFormat ? weightOverrides[tensor.name] ?? weightFormat : .float32
  }
}
