import Plan

extension LeadingNeurons: AttributeRecord {
  static var blank: Self { Self(order: [], share: 0, divergence: 0) }
  static var fields: [AttributeField<Self>] {
    [.init("share", \.share), .init("divergence_nats", \.divergence)]
  }

  private static let schema = DatasetSchema(
    orderPath,
    "layers x FFN neurons: where in the checkpoint a neuron was; the strongest on visual tokens come first")

  /// Takes the group if the neurons were put in order.
  static func ifPresent(in reader: inout TreeReader, for model: ModelDescription) throws(Flaw) -> Self? {
    guard reader.tree.groups[path] != nil else { return nil }
    var leading: Self = try reader.record(at: path)
    leading.order = try reader.array(schema, shape: [model.text.layers, model.text.widestFeedForward])
    return leading
  }

  func add(to builder: inout TreeBuilder, for model: ModelDescription) {
    var attributes = AttributeSet()
    attributes.put(self)
    builder.group(Self.path, "the order of FFN neurons, and what the leading ones are worth", attributes)
    builder.array(Self.schema, order, shape: [model.text.layers, model.text.widestFeedForward])
  }
}
