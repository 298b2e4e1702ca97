extension OperatingPoint {
  /// Demands a plain name, settings that fit the model and figures that are numbers.
  func validate(for model: ModelDescription, at path: String) throws(Flaw) {
    let isPlain = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
    guard (1...64).contains(name.utf8.count), isPlain else {
      throw Flaw(path, "'\(name.prefix(64))' is not a name of lower-case letters, digits, '_' and '-'")
    }
    guard name != "dense" || settings.isDense else { throw Flaw(path, "is named dense but prunes") }
    try settings.tokens?.validate(for: model.text, path, prefix: "topv_")
    try settings.reduction?.validate(for: model.text, path)
    try settings.retention?.validate(for: model.text, path)
    try figures?.validate(path)
  }
}

extension TokenPruning {
  func validate(for text: TextModel, _ path: String, prefix: String = "") throws(Flaw) {
    try require(keepRatio, above: 0, upTo: 1, prefix + "keep_ratio", path)
    try require(layer, in: 0...(text.layers - 1), prefix + "prune_layer", path)
    try require(recoveryStride, in: 0...1_000_000, prefix + "recovery_stride", path)
    for (name, weight) in [("alpha", cost.alpha), ("beta", cost.beta), ("gamma", cost.gamma)] {
      try require(weight, from: 0, upTo: 1e6, prefix + name, path)
    }
    try require(cost.sigma, above: 0, upTo: 1e6, prefix + "sigma", path)
    try require(cost.epsilon, above: 0, upTo: 1e6, prefix + "epsilon", path)
  }
}

extension LayerReduction {
  func validate(for text: TextModel, _ path: String) throws(Flaw) {
    for (name, layers) in [("ffn_layers", feedForwardLayers), ("attention_layers", attentionLayers)] {
      for layer in layers { try require(layer, in: 0...(text.layers - 1), "redundancy_lens_\(name)", path) }
      guard Set(layers).count == layers.count else {
        throw Flaw(path, "redundancy_lens_\(name) names a layer twice")
      }
    }
    try require(neuronShare, above: 0, upTo: 1, "redundancy_lens_neuron_share", path)
    try require(probeShare, above: 0, upTo: 1, "redundancy_lens_probe_share", path)
    try require(attentionWindow, in: 1...67_108_864, "redundancy_lens_attention_window", path)
  }
}

extension CacheRetention {
  func validate(for text: TextModel, _ path: String) throws(Flaw) {
    guard rates.count == text.layers || (mode == .dynamic && rates.isEmpty) else {
      throw Flaw(path, "plphp_rates has \(rates.count) rates for \(text.layers) layers")
    }
    for rate in rates { try require(rate, from: 0, upTo: 1, "plphp_rates", path) }
    try thresholds.validate(path, prefix: "plphp_")
    try require(evenShare, from: 0, upTo: 1, "plphp_even_share", path)
  }
}

extension RetentionThresholds {
  func validate(_ path: String, prefix: String = "") throws(Flaw) {
    try require(rate, from: 0, upTo: 1, prefix + "rate", path)
    try require(step, from: 0, upTo: 1, prefix + "rate_step", path)
    // Attention masses are within [0, 1]; thresholds beyond them switch a class off.
    try require(attentive, from: -10, upTo: 10, prefix + "attentive_from", path)
    try require(indifferent, from: -10, upTo: 10, prefix + "indifferent_to", path)
  }
}

extension MeasuredFigures {
  func validate(_ path: String) throws(Flaw) {
    try require(samples, in: 0...1_000_000_000, "measured_samples", path)
    try require(accuracyInterval.count, in: 2...2, "length of measured_accuracy_interval", path)
    try require(divergenceInterval.count, in: 2...2, "length of measured_divergence_interval_nats", path)
    // Accuracies are NaN where the set has no answers.
    for value in [accuracy, denseAccuracy] + accuracyInterval where !value.isNaN {
      try require(value, from: 0, upTo: 1, "measured accuracy", path)
    }
    try requireFinite([divergence, agreement, visualKept] + divergenceInterval, "a measured figure", path)
    let amounts = [
      imageSeconds, prefillSeconds, densePrefillSeconds, selectionSeconds, decodeSecondsPerToken,
      denseDecodeSecondsPerToken,
      kvBytes, denseKVBytes, visualEntryShare, decoderFLOPs, denseDecoderFLOPs,
    ]
    for amount in amounts { try require(amount, from: 0, "a measured amount", path) }
  }
}
