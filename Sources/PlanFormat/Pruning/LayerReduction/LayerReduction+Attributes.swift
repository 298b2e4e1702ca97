extension LayerReduction.NeuronSelection: AttributeConvertible {}

extension LayerReduction: MethodSettings {
  /// Name in the file.
  public static var name: String { "layer_reduction" }

  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("ffn_layers", \.feedForwardLayers), .init("attention_layers", \.attentionLayers),
      .init("neurons", \.neurons), .init("neuron_share", \.neuronShare),
      .init("probe_share", \.probeShare),
      .init("attention_window", \.attentionWindow),
    ]
  }

  func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw) {
    for (name, layers) in [("ffn_layers", feedForwardLayers), ("attention_layers", attentionLayers)] {
      for layer in layers { try require(layer, in: 0...(model.text.layers - 1), prefix + name, path) }
      guard Set(layers).count == layers.count else {
        throw Flaw(path, "\(prefix)\(name) names a layer twice")
      }
    }
    try require(neuronShare, above: 0, upTo: 1, prefix + "neuron_share", path)
    try require(probeShare, above: 0, upTo: 1, prefix + "probe_share", path)
    try require(attentionWindow, in: 1...67_108_864, prefix + "attention_window", path)
  }

  func validate(beside calibration: CalibrationRecord?, _ path: String) throws(Flaw) {
    // All neurons are the same ones in any order.
    if neurons == .leading, neuronShare < 1, calibration?.layerReduction.neuronOrder.isEmpty ?? true {
      throw Flaw(path, "uses leading neurons, but /calibration/layer_reduction/neuron_order is missing")
    }
  }
}
