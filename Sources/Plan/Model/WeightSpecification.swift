/// One tensor a model must have: its name under `/weights`, shape and meaning.
///
/// `ModelDescription.weights` is the single list that the importer fills, the reader demands and the engine
/// binds; nothing else may be in a plan's `/weights`.
public struct WeightSpecification: Equatable, Sendable {
  /// Name below `/weights`, such as `text/layers/03/qkv`.
  public var name: String
  /// Rows x columns of a matrix, or the length of a vector.
  public var shape: [Int]
  /// What the tensor is, for readers of the file.
  public var summary: String

  /// Matrices take the plan's weight format; vectors and folded tensors stay float32.
  public var followsWeightFormat: Bool

  /// Whether a row belongs to an input of the product, such as a neuron, instead of an output. Panels are
  /// then those of the transpose.
  public var isNeuronMajor = false

  /// Path of the tensor's dataset.
  package var path: String { "/weights/\(name)" }

  /// The product that the matrix is for, in whatever layer: `text/qkv` of `text/layers/03/qkv`.
  public var product: String { Self.product(of: name) }

  /// The product of the matrix of that name.
  public static func product(of name: String) -> String {
    let parts = name.split(separator: "/")
    // All querying transformers of a projector have the same products.
    if let last = parts.last, parts.contains("qformer") { return "projector/qformer/\(last)" }
    return parts.count == 4 && parts[1] == "layers" ? "\(parts[0])/\(parts[3])" : name
  }

  /// Elements in the tensor, or `nil` when the product overflows.
  public var elements: Int? { shape.checkedProduct }
}

extension ModelDescription {
  /// Every tensor of the model, in the order in which the plan stores them.
  public var weights: [WeightSpecification] {
    vision.weights + projector.weights(vision, text) + text.weights
  }
}

extension ModelDescription {
  /// The products of the model, by the names of `WeightSpecification.product`, in the order in which they come.
  public var products: [String] {
    var seen: Set<String> = []
    return weights.filter(\.followsWeightFormat).map(\.product).filter { seen.insert($0).inserted }
  }
}

extension WeightSpecification {
  static func matrix(_ name: String, _ shape: [Int], _ summary: String) -> Self {
    Self(name: name, shape: shape, summary: summary, followsWeightFormat: true)
  }
  static func neurons(_ name: String, _ shape: [Int], _ summary: String) -> Self {
    Self(name: name, shape: shape, summary: summary, followsWeightFormat: true, isNeuronMajor: true)
  }
  static func folded(_ name: String, _ shape: [Int], _ summary: String) -> Self {
    Self(name: name, shape: shape, summary: summary, followsWeightFormat: false)
  }
  static func vector(_ name: String, _ length: Int, _ summary: String) -> Self {
    Self(name: name, shape: [length], summary: summary, followsWeightFormat: false)
  }
}

extension [WeightSpecification] {
  /// The tensors of a norm: a weight, and for LayerNorm a bias.
  static func norm(_ norm: Norm, _ name: String, _ width: Int, _ place: String) -> Self {
    switch norm {
    case .layerNorm:
      [
        .vector(name, width, "LayerNorm weight \(place)"),
        .vector(name + "_bias", width, "LayerNorm bias \(place)"),
      ]
    case .rmsNorm: [.vector(name, width, "RMSNorm weight \(place)")]
    }
  }
}

extension [Int] {
  /// The product of the elements, or `nil` when one is negative or the product overflows.
  package var checkedProduct: Int? {
    var product = 1
    for factor in self {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow || factor < 0 { return nil }
      product = next
    }
    return product
  }
}

/// Layer numbers sort as text: two digits at least.
func paddedLayer(_ layer: Int) -> String { layer < 10 ? "0\(layer)" : "\(layer)" }
