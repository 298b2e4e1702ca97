import Plan

extension Horizon: StoredSettings {
  static var blank: Self { Self(layer: 0) }
  static var fields: [AttributeField<Self>] { [.init("layer", \.layer)] }
}

extension HorizonProfile: StoredPart {
  private static let schema = DatasetSchema(
    HorizonProfile.path(of: "divergence"),
    "mean KL(dense || pruned) when every visual token leaves behind the layer",
    unit: "nat")

  func add(to builder: inout TreeBuilder, for model: ModelDescription) {
    builder.group(Self.path, "how long the layers look at the image")
    builder.array(Self.schema, divergence)
  }

  init(from reader: inout TreeReader, for model: ModelDescription) throws(Flaw) {
    self.init()
    try reader.group(Self.path)
    divergence = try reader.array(Self.schema, shape: [nil])
  }
}
