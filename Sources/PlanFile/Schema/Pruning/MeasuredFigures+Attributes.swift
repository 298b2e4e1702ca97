import Plan

extension MeasuredFigures: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("samples", \.samples), .init("accuracy", \.accuracy),
      .init("accuracy_interval", \.accuracyInterval), .init("dense_accuracy", \.denseAccuracy),
      .init("divergence_nats", \.divergence), .init("divergence_interval_nats", \.divergenceInterval),
      .init("agreement", \.agreement), .init("visual_kept", \.visualKept),
      .init("image_seconds", \.imageSeconds),
      .init("vision_seconds", \.visionSeconds, since: 1, isOptional: true),
      .init("dense_image_seconds", \.denseImageSeconds, since: 1, isOptional: true),
      .init("dense_visual_tokens", \.denseVisualTokens, since: 1, isOptional: true),
      .init("prefill_seconds", \.prefillSeconds), .init("dense_prefill_seconds", \.densePrefillSeconds),
      .init("selection_seconds", \.selectionSeconds),
      .init("decode_seconds_per_token", \.decodeSecondsPerToken),
      .init("dense_decode_seconds_per_token", \.denseDecodeSecondsPerToken), .init("kv_bytes", \.kvBytes),
      .init("dense_kv_bytes", \.denseKVBytes), .init("visual_entry_share", \.visualEntryShare),
      .init("decoder_flops", \.decoderFLOPs), .init("dense_decoder_flops", \.denseDecoderFLOPs),
    ]
  }
}
