import Plan

extension TowerReduction: StoredSettings {
  static var since: Int { 1 }
  static var blank: Self { Self(layers: [], neuronShare: 1) }
  static var fields: [AttributeField<Self>] {
    [.init("layers", \.layers), .init("neuron_share", \.neuronShare)]
  }
}

extension TowerRanking: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] { [.init("neuron_share", \.neuronShare)] }
}

extension TowerRanking: StoredPart {
  static var since: Int { 1 }

  private static let layersSchema = DatasetSchema(
    path(of: "layers"), "layers of the tower by how well they do with their leading neurons, best first")
  private static let divergenceSchema = DatasetSchema(
    path(of: "divergence"), "mean KL(dense || reduced) with the first 1, 2, ... of them reduced", unit: "nat")
  private static let orderSchema = DatasetSchema(
    path(of: "order"),
    "layers x FFN neurons: where in the checkpoint a neuron of the tower was; the strongest come first")

  func add(to builder: inout TreeBuilder, for model: ModelDescription) {
    var attributes = AttributeSet()
    attributes.put(self)
    builder.group(
      Self.path, "the order of the tower's FFN neurons, and what the leading ones are worth", attributes)
    builder.array(Self.layersSchema, layers)
    builder.array(Self.divergenceSchema, divergence)
    builder.array(Self.orderSchema, order, shape: [model.vision.layers, model.vision.feedForwardWidth])
  }

  init(from reader: inout TreeReader, for model: ModelDescription) throws(Flaw) {
    self = try reader.record(at: Self.path)
    layers = try reader.array(Self.layersSchema, shape: [nil])
    divergence = try reader.array(Self.divergenceSchema, shape: [nil])
    order = try reader.array(Self.orderSchema, shape: [model.vision.layers, model.vision.feedForwardWidth])
  }
}
