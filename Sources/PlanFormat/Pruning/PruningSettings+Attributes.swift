/// Names of the settings of all three methods in the file.
extension ImportanceRule: AttributeConvertible {}
extension LayerReduction.NeuronSelection: AttributeConvertible {}
extension CacheRetention.Mode: AttributeConvertible {}
extension CacheRetention.EntryRanking: AttributeConvertible {}

extension TokenPruning: AttributeRecord {
  static var blank: Self { Self(rule: .stride, keepRatio: 1, layer: 0) }
  static var fields: [AttributeField<Self>] {
    [
      .init("rule", \.rule), .init("keep_ratio", \.keepRatio), .init("prune_layer", \.layer),
      .init("recovery_stride", \.recoveryStride), .init("alpha", \.cost.alpha), .init("beta", \.cost.beta),
      .init("gamma", \.cost.gamma), .init("sigma", \.cost.sigma), .init("epsilon", \.cost.epsilon),
      .init("seed", \.seed),
    ]
  }
}

extension LayerReduction: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("ffn_layers", \.feedForwardLayers), .init("attention_layers", \.attentionLayers),
      .init("neurons", \.neurons), .init("neuron_share", \.neuronShare),
      .init("probe_share", \.probeShare),
      .init("attention_window", \.attentionWindow),
    ]
  }
}

extension CacheRetention: AttributeRecord {
  static var blank: Self { Self(rates: []) }
  static var fields: [AttributeField<Self>] {
    [
      .init("mode", \.mode), .init("rates", \.rates), .init("rate", \.thresholds.rate),
      .init("rate_step", \.thresholds.step), .init("attentive_from", \.thresholds.attentive),
      .init("indifferent_to", \.thresholds.indifferent), .init("ranking", \.ranking),
      .init("even_share", \.evenShare),
    ]
  }
}

extension RetentionThresholds: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("rate", \.rate), .init("rate_step", \.step), .init("attentive_from", \.attentive),
      .init("indifferent_to", \.indifferent),
    ]
  }
}

extension MeasuredFigures: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("samples", \.samples), .init("accuracy", \.accuracy),
      .init("accuracy_interval", \.accuracyInterval), .init("dense_accuracy", \.denseAccuracy),
      .init("divergence_nats", \.divergence), .init("divergence_interval_nats", \.divergenceInterval),
      .init("agreement", \.agreement), .init("visual_kept", \.visualKept),
      .init("image_seconds", \.imageSeconds),
      .init("prefill_seconds", \.prefillSeconds), .init("dense_prefill_seconds", \.densePrefillSeconds),
      .init("selection_seconds", \.selectionSeconds),
      .init("decode_seconds_per_token", \.decodeSecondsPerToken),
      .init("dense_decode_seconds_per_token", \.denseDecodeSecondsPerToken), .init("kv_bytes", \.kvBytes),
      .init("dense_kv_bytes", \.denseKVBytes), .init("visual_entry_share", \.visualEntryShare),
      .init("decoder_flops", \.decoderFLOPs), .init("dense_decoder_flops", \.denseDecoderFLOPs),
    ]
  }
}
