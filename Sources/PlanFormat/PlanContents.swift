internal import CKernels

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

/// How the elements of matrices are stored. Vectors and folded tensors are always float32.
public enum WeightFormat: String, CaseIterable, Sendable {
  /// IEEE 754 binary32.
  case float32 = "f32"
  /// The upper half of a float32.
  case bfloat16 = "bf16"
  /// 8-bit integers with a scale for each output.
  case int8
  /// 4-bit integers with a scale for every 32 inputs of an output.
  case int4

  /// Whether matrices are stored in panels of 16 outputs, which the kernels read as they are.
  public var hasPanels: Bool { self != .float32 }

  /// Bytes of one element of the dataset.
  var elementSize: Int {
    switch self {
    case .float32: 4
    case .bfloat16: 2
    case .int8, .int4: 1
    }
  }
}

extension PlanContents {
  /// How a tensor of the model is stored.
  public func format(of tensor: WeightSpecification) -> WeightFormat {
    tensor.followsWeightFormat ? weightOverrides[tensor.name] ?? weightFormat : .float32
  }
}

extension WeightSpecification {
  /// Outputs and inputs of the product that a matrix is for.
  var product: (outputs: Int, depth: Int) {
    let columns = shape.dropFirst().reduce(1, *)
    return isNeuronMajor ? (columns, shape.first ?? 0) : (shape.first ?? 0, columns)
  }

  /// Extents of the dataset: the tensor's own, or panels x what is in a panel.
  func storedShape(_ format: WeightFormat) -> [Int] {
    let (outputs, depth) = product
    let panels = (outputs + PanelEncoder.lanes - 1) / PanelEncoder.lanes
    switch format {
    case .float32: return shape
    case .bfloat16: return [panels, espalier_bfloat16_panel_bytes(depth) / 2]
    case .int8: return [panels, espalier_int8_panel_bytes(depth)]
    case .int4: return [panels, espalier_int4_panel_bytes(depth)]
    }
  }

  /// Path of the tensor's dataset.
  var path: String { "/weights/\(name)" }
}

/// The version of the format, as the root attribute `format_version` says it.
enum FormatVersion {
  static let name = "espalier.plan"
  static let major: Int64 = 1
  static let minor: Int64 = 0
}
