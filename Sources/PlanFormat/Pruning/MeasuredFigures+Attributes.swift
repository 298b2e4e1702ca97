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
