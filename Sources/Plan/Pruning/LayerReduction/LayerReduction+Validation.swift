extension LayerReduction: MethodSettings {
  /// Name in files.
  public static var name: String { "layer_reduction" }

  package func validate(for model: ModelDescription, _ path: String, prefix: String) throws(Flaw) {
    for (name, layers) in [("ffn_layers", feedForwardLayers), ("attention_layers", attentionLayers)] {
      for layer in layers { try require(layer, in: 0...(model.text.layers - 1), prefix + name, path) }
      guard Set(layers).count == layers.count else {
        throw Flaw(path, "\(prefix)\(name) names a layer twice")
      }
    }
    for layer in attentionLayers {
      if let other = model.text.recurrence(of: layer) {
        throw Flaw(path, "\(prefix)attention_layers names layer \(layer), which is \(other)")
      }
    }
    try require(neuronShare, above: 0, upTo: 1, prefix + "neuron_share", path)
    try require(probeShare, above: 0, upTo: 1, prefix + "probe_share", path)
    try require(attentionWindow, in: 1...67_108_864, prefix + "attention_window", path)
  }

  package func validate(beside calibration: CalibrationRecord?, _ path: String) throws(Flaw) {
    // All neurons are the same ones in any order.
    if neurons == .leading, neuronShare < 1, calibration?.layerReduction?.leading == nil {
      throw Flaw(path, "uses leading neurons, but \(LeadingNeurons.path) is missing")
    }
  }
}
