import JSONReading
import Plan

/// Collects recipes and remembers which tensors of the checkpoint they use.
struct RecipeBuilder {
  let tensors: TensorDirectory
  private(set) var recipes: [String: WeightRecipe] = [:]
  private var used: Set<ExactString> = []
  /// Whether the head is a matrix of its own although the configuration ties it to the embedding.
  var hasOwnHead = false

  init(tensors: TensorDirectory) { self.tensors = tensors }

  /// The first prefix under which a tensor exists, or the first of all, for the message that it is missing.
  func prefix(_ prefixes: [String], having name: String) -> String {
    prefixes.first { has($0 + name) } ?? prefixes[0]
  }

  /// The first name that exists, or the last of all.
  func name(of names: [String]) -> String { names.first(where: has) ?? names[names.count - 1] }

  func has(_ name: String) -> Bool { tensors[name] != nil }

  /// A tensor that must have this shape; marks it as used.
  mutating func take(_ name: String, _ shape: [Int]) throws(CheckpointError) -> SourceTensor {
    used.insert(ExactString(name))
    return try tensors.tensor(name, shape)
  }

  mutating func add(_ weight: String, _ recipe: WeightRecipe) { recipes[weight] = recipe }

  mutating func copy(_ weight: String, _ source: String, _ shape: [Int]) throws(CheckpointError) {
    try stack(weight, [(source, shape)])
  }

  mutating func stack(_ weight: String, _ sources: [(String, [Int])]) throws(CheckpointError) {
    var list: [SourceTensor] = []
    for (name, shape) in sources { list.append(try take(name, shape)) }
    recipes[weight] = .stacked(list)
  }

  /// A linear layer: its matrix, `[rows x columns]`, and its bias.
  mutating func copyLinear(_ weight: String, _ source: String, _ shape: [Int]) throws(CheckpointError) {
    try copy(weight, source + ".weight", shape)
    try copy(weight + "_bias", source + ".bias", [shape[0]])
  }

  /// A norm: its weight, and for LayerNorm its bias.
  mutating func copyNorm(
    _ weight: String, _ source: String, _ width: Int, _ norm: Norm = .layerNorm
  ) throws(CheckpointError) {
    try copy(weight, source + ".weight", [width])
    if norm == .layerNorm { try copy(weight + "_bias", source + ".bias", [width]) }
  }

  /// An RMSNorm's weight, to which a family may add a number, times a factor.
  mutating func copyNorm(
    _ weight: String, _ source: String, _ width: Int, offset: Float, factor: Float = 1
  ) throws(CheckpointError) {
    if offset == 0, factor == 1 { return try copy(weight, source + ".weight", [width]) }
    add(weight, .affine(try take(source + ".weight", [width]), offset: offset, factor: factor))
  }

  /// Whether two tensors of one shape are the same, bit for bit.
  mutating func areEqual(_ name: String, _ other: String, _ shape: [Int]) throws(CheckpointError) -> Bool {
    let (left, right) = (try take(name, shape), try take(other, shape))
    return left.hasElements(of: right)
  }

  /// Demands that every tensor is used or known to be of no use.
  func refuseUnused(except isUseless: (String) -> Bool) throws(CheckpointError) {
    for name in tensors.names where !used.contains(ExactString(name)) && !isUseless(name) {
      throw CheckpointError(file: tensors.file, object: name, reason: "tensor is not part of the model")
    }
  }
}
