import Plan

/// `/model` and `/image`.
extension TreeBuilder {
  mutating func add(_ model: ModelDescription) {
    var family = AttributeSet()
    family.put("family", model.family)
    group("/model", "what the model is made of", family)
    var text = AttributeSet()
    text.put(model.text)
    group("/model/text", "decoder: RMSNorm, rotary positions, grouped-query attention, gated FFN", text)
    var vision = AttributeSet()
    vision.put(model.vision)
    group("/model/vision", "vision tower: transformer over square patches", vision)
    var projector = AttributeSet()
    projector.put(model.projector)
    group("/model/projector", "connector from the tower to the decoder", projector)
  }
}

extension ModelDescription {
  init(from reader: inout TreeReader) throws(Flaw) {
    let family = try reader.group("/model") { (attributes) throws(Flaw) in
      try attributes.take("family", as: String.self, of: "/model")
    }
    self.init(
      family: family,
      text: try reader.record(at: "/model/text"),
      vision: try reader.record(at: "/model/vision"),
      projector: try reader.record(at: "/model/projector"))
  }
}

extension TreeReader {
  /// Takes a group whose attributes are one record.
  mutating func record<Record: AttributeRecord>(at path: String) throws(Flaw) -> Record {
    try group(path) { (attributes) throws(Flaw) in try attributes.take(Record.self, of: path) }
  }
}

extension Activation: AttributeConvertible {}
extension Norm: AttributeConvertible {}
extension VisionModel.Positions: AttributeConvertible {}
extension TextModel.PictureAttention: AttributeConvertible {}
extension VisionModel.PositionResize: AttributeConvertible {}
extension ProjectorModel.ProjectorNorm: AttributeConvertible {}

extension TextModel: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("layers", \.layers), .init("width", \.width), .init("query_heads", \.queryHeads),
      .init("key_value_heads", \.keyValueHeads), .init("head_width", \.headWidth),
      .init("feed_forward_width", \.feedForwardWidth), .init("vocabulary", \.vocabulary),
      .init("context_length", \.contextLength), .init("norm_epsilon", \.normEpsilon),
      .init("activation", \.activation), .init("tied_head", \.tiedHead),
      .init("attention_bias", \.attentionBias), .init("attention_output_bias", \.attentionOutputBias),
      .init("feed_forward_bias", \.feedForwardBias), .init("head_norm", \.headNorm, since: 2),
      .init("attention_gate", \.attentionGate, since: 4),
      .init("value_norm", \.valueNorm, since: 4),
      .init("embedding_scale", \.embeddingScale, since: 3),
      .init("picture_scale", \.pictureScale, since: 4),
      .init("residual_scale", \.residualScale, since: 4),
      .init("output_norms", \.outputNorms, since: 3),
      .init("picture_attention", \.pictureAttention, since: 3),
      .init("window_layers", \.windowLayers, since: 3), .init("window", \.window, since: 3),
      .init("window_head_width", \.windowHeadWidth, since: 4),
      .init("sharing_layers", \.sharingLayers, since: 4),
      .init("sharing_feed_forward_width", \.sharingFeedForwardWidth, since: 4),
      .init("layer_embedding_width", \.layerEmbeddingWidth, since: 4),
      .init("layer_embedding_vocabulary", \.layerEmbeddingVocabulary, since: 4),
      .init("layer_embedding_visual_token", \.layerEmbeddingVisualToken, since: 4),
      .init("layer_scales", \.layerScales, since: 4), .init("logit_cap", \.logitCap, since: 4),
      .init("convolution_layers", \.convolutionLayers, since: 3),
      .init("convolution_taps", \.convolutionTaps, since: 3),
      .init("convolution_bias", \.convolutionBias, since: 3),
      .init("delta_layers", \.deltaLayers, since: 4),
      .init("delta_key_heads", \.delta.keyHeads, since: 4),
      .init("delta_value_heads", \.delta.valueHeads, since: 4),
      .init("delta_key_width", \.delta.keyWidth, since: 4),
      .init("delta_value_width", \.delta.valueWidth, since: 4),
      .init("delta_taps", \.delta.taps, since: 4),
      .init("rotary_width", \.rotary.width),
      .init("rotary_sections", \.rotary.sections),
      .init("rotary_interleaved", \.rotary.interleavesSections, since: 2),
      .init("rotary_scale", \.rotary.scale),
      .init("rotary_growth", \.rotary.growth), .init("rotary_base", \.rotary.base),
      .init("score_scale", \.scoreScale, since: 4), .init("score_cap", \.scoreCap, since: 4),
      .init("query_growth", \.queryGrowth, since: 4),
      .init("query_growth_length", \.queryGrowthLength, since: 4),
      .init("rotary_trained_length", \.rotary.trainedLength), .init("stop_tokens", \.stopTokens),
      .init("image_token", \.imageToken),
    ]
  }
}

extension VisionModel: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("layers", \.layers), .init("width", \.width), .init("heads", \.heads),
      .init("feed_forward_width", \.feedForwardWidth), .init("image_size", \.imageSize),
      .init("patch_size", \.patchSize), .init("norm", \.norm), .init("norm_epsilon", \.normEpsilon),
      .init("activation", \.activation), .init("gated_feed_forward", \.gatedFeedForward),
      .init("positions", \.positions), .init("attention_bias", \.attentionBias),
      .init("query_key_norm", \.queryKeyNorm),
      .init("query_key_norm_epsilon", \.queryKeyNormEpsilon), .init("layer_scale", \.layerScale),
      .init("input_norm", \.inputNorm), .init("output_norm", \.outputNorm),
      .init("class_token", \.classToken), .init("drops_first_token", \.dropsFirstToken),
      .init("feature_layers", \.featureLayers), .init("window", \.window),
      .init("full_attention_layers", \.fullAttentionLayers),
      .init("position_grid", \.positionGrid, since: 2), .init("deep_layers", \.deepLayers, since: 2),
      .init("position_resize", \.positionResize, since: 3),
      .init("axis_frequencies", \.axisFrequencies, since: 4),
      .init("position_axis", \.positionAxis, since: 4), .init("layer_bias", \.layerBias, since: 4),
      .init("norms_heads", \.normsHeads, since: 4), .init("value_norm", \.valueNorm, since: 4),
      .init("output_norms", \.outputNorms, since: 4), .init("clips_products", \.clipsProducts, since: 4),
      .init("merger_layer", \.merger.layer, since: 4), .init("merger_side", \.merger.side, since: 4),
      .init("merger_width", \.merger.feedForwardWidth, since: 4),
      .init("merger_activation", \.merger.activation, since: 4),
    ]
  }
}

extension ProjectorModel: AttributeRecord {
  static var blank: Self { Self() }
  static var fields: [AttributeField<Self>] {
    [
      .init("merge", \.merge), .init("pools", \.pools, since: 3),
      .init("standardizes", \.standardizes, since: 4), .init("merger", \.merger, since: 4),
      .init("norm", \.norm),
      .init("norms_patches", \.normsPatches),
      .init("norm_epsilon", \.normEpsilon), .init("hidden_width", \.hiddenWidth),
      .init("activation", \.activation), .init("bias", \.bias), .init("newline", \.newline),
      .init("deep_targets", \.deepTargets, since: 4),
      .init("qformer_window", \.qformer.window, since: 4),
      .init("qformer_layers", \.qformer.layers, since: 4),
      .init("qformer_heads", \.qformer.heads, since: 4),
      .init("qformer_width", \.qformer.feedForwardWidth, since: 4),
      .init("qformer_activation", \.qformer.activation, since: 4),
      .init("qformer_norm_epsilon", \.qformer.normEpsilon, since: 4),
      .init("qformer_starts", \.qformer.starts, since: 4),
    ]
  }
}
