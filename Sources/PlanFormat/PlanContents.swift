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
  /// Storage of the matrices.
  public var weightFormat: WeightFormat
  /// SHA-256 of the checkpoint the plan was imported from, hexadecimal; empty when there was none.
  public var sourceDigest: String

  /// Creates contents from their parts.
  public init(
    model: ModelDescription, image: ImagePreprocessing, tokenizer: TokenizerTables, prompt: PromptTemplate,
    calibration: CalibrationRecord? = nil, points: [OperatingPoint] = [], weightFormat: WeightFormat,
    sourceDigest: String
  ) {
    self.model = model
    self.image = image
    self.tokenizer = tokenizer
    self.prompt = prompt
    self.calibration = calibration
    self.points = points
    self.weightFormat = weightFormat
    self.sourceDigest = sourceDigest
  }
}

/// How the elements of matrices are stored. Vectors and folded tensors are always float32.
public enum WeightFormat: String, CaseIterable, Sendable {
  /// IEEE 754 binary32.
  case float32 = "f32"
  /// The upper half of a float32, stored as uint16.
  case bfloat16 = "bf16"

  /// Bytes of one element.
  public var elementSize: Int { self == .float32 ? 4 : 2 }
}

extension WeightSpecification {
  /// How this tensor is stored in a plan with matrices of the given format.
  public func storedFormat(_ format: WeightFormat) -> WeightFormat { followsWeightFormat ? format : .float32 }

  /// Path of the tensor's dataset.
  var path: String { "/weights/\(name)" }
}

/// The version of the format, as the root attribute `format_version` says it.
enum FormatVersion {
  static let name = "espalier.plan"
  static let major: Int64 = 1
  static let minor: Int64 = 0
}
