import Plan

extension RecipeBuilder {
  /// Tensors of a decoder whose names start with `prefix`, and of its head under one of `heads`.
  mutating func addDecoder(
    _ decoder: DecoderConfig, prefix: String, heads: [String], names: DecoderNames = .llama
  ) throws(CheckpointError) {
    let text = decoder.model
    let width = text.width
    let embedding = prefix + "embed_tokens.weight"
    try copy("text/embedding", embedding, [text.vocabulary, width])
    add("text/rope_inverse_frequencies", .values(decoder.frequencies))
    if !text.windowLayers.isEmpty {
      add("text/window_rope_inverse_frequencies", .values(decoder.windowFrequencies))
    }
    for layer in 0..<text.layers {
      let source = "\(prefix)layers.\(layer)."
      func name(_ part: String) -> String { TextModel.layerWeight(layer, part) }
      if text.convolutionLayers.contains(layer) {
        try addConvolution(text, source, names, name)
      } else if text.deltaLayers.contains(layer) {
        try addDelta(text, source, names, name)
      } else {
        try addAttention(decoder, layer: layer, source, names, name)
      }
      let offset = names.normOffset
      let hidden = text.feedForwardWidth(of: layer)
      try copyNorm(name("feed_forward_norm"), source + names.feedForwardNorm, width, offset: offset)
      if text.outputNorms {
        try copyNorm(name("mixer_output_norm"), source + names.mixerOutputNorm, width, offset: offset)
        try copyNorm(
          name("feed_forward_output_norm"), source + names.feedForwardOutputNorm, width, offset: offset)
      }
      let gates = names.gates.map { source + $0 }
      try stack(name("gate_up"), gates.map { ($0 + ".weight", [hidden, width]) })
      let down = try take(source + names.down + ".weight", [width, hidden])
      add(name("down"), .transposed(down))
      if text.feedForwardBias {
        try stack(name("gate_up_bias"), gates.map { ($0 + ".bias", [hidden]) })
        try copy(name("down_bias"), source + names.down + ".bias", [width])
      }
    }
    try addLayerEmbedding(text, prefix, names)
    try copyNorm(
      "text/final_norm", prefix + names.finalNorm, width, offset: names.normOffset,
      factor: decoder.logitFactor)
    let head = self.name(of: heads)
    let shape = [text.vocabulary, width]
    if !text.tiedHead {
      try copy("text/head", head, shape)
    } else if has(head), try !areEqual(head, embedding, shape) {
      // Whatever the configuration ties: a head that was trained by itself is the one transformers keeps.
      try copy("text/head", head, shape)
      hasOwnHead = true
    }
  }

  private mutating func addAttention(
    _ decoder: DecoderConfig, layer: Int, _ source: String, _ names: DecoderNames,
    _ name: (String) -> String
  ) throws(CheckpointError) {
    let text = decoder.model
    let shape = text.attentionShape(of: layer)
    let (width, headWidth, queryRows) = (text.width, shape.headWidth, shape.queryWidth)
    let attention = source + "self_attn."
    var projections = [("q_proj", queryRows)]
    if shape.ownsEntries {
      let isBoth = decoder.keysAreValues && !text.windowLayers.contains(layer)
      projections += [("k_proj", shape.keyWidth), (isBoth ? "k_proj" : "v_proj", shape.keyWidth)]
    }
    try copyNorm(name("attention_norm"), source + names.mixerNorm, width, offset: names.normOffset)
    if text.attentionGate {
      try addGatedProjections(text, attention, name)
    } else {
      try stack(name("qkv"), projections.map { ("\(attention)\($0.0).weight", [$0.1, width]) })
      if text.attentionBias {
        try stack(name("qkv_bias"), projections.map { ("\(attention)\($0.0).bias", [$0.1]) })
      }
    }
    if text.headNorm {
      try copyNorm(
        name("query_norm"), "\(attention)q_\(names.headNorm)", headWidth, offset: names.normOffset,
        factor: decoder.queryFactor(of: layer))
      if shape.ownsEntries {
        try copyNorm(
          name("key_norm"), "\(attention)k_\(names.headNorm)", headWidth, offset: names.normOffset)
      }
    }
    try copy(name("attention_output"), "\(attention)\(names.output).weight", [width, queryRows])
    if text.attentionOutputBias {
      try copy(name("attention_output_bias"), "\(attention)\(names.output).bias", [width])
    }
  }

  /// What layers add of each token's own, and by what they multiply.
  private mutating func addLayerEmbedding(
    _ text: TextModel, _ prefix: String, _ names: DecoderNames
  ) throws(CheckpointError) {
    let (width, own, all) = (text.width, text.layerEmbeddingWidth, text.layerEmbeddingColumns)
    if text.layerScales {
      try stack("text/layer_scales", (0..<text.layers).map { ("\(prefix)layers.\($0).layer_scalar", [1]) })
    }
    guard own > 0 else { return }
    try copy(
      "text/layer_embedding", prefix + "embed_tokens_per_layer.weight", [text.layerEmbeddingVocabulary, all])
    try copy(
      "text/layer_embedding_projection", prefix + "per_layer_model_projection.weight", [all, width])
    try copy("text/layer_embedding_norm", prefix + "per_layer_projection_norm.weight", [own])
    for layer in 0..<text.layers {
      let source = "\(prefix)layers.\(layer)."
      func name(_ part: String) -> String { TextModel.layerWeight(layer, "layer_embedding_" + part) }
      try copy(name("gate"), source + "per_layer_input_gate.weight", [own, width])
      try copy(name("output"), source + "per_layer_projection.weight", [width, own])
      try copy(name("output_norm"), source + "post_per_layer_input_norm.weight", [width])
    }
  }

  private mutating func addConvolution(
    _ text: TextModel, _ source: String, _ names: DecoderNames, _ name: (String) -> String
  ) throws(CheckpointError) {
    let width = text.width
    let convolution = source + "conv."
    try copy(name("convolution_norm"), source + names.mixerNorm + ".weight", [width])
    try copy(name("convolution_input"), convolution + "in_proj.weight", [3 * width, width])
    let filter = try take(convolution + "conv.weight", [width, 1, text.convolutionTaps])
    add(name("convolution_filter"), .transposed(filter))
    try copy(name("convolution_output"), convolution + "out_proj.weight", [width, width])
    guard text.convolutionBias else { return }
    try copy(name("convolution_input_bias"), convolution + "in_proj.bias", [3 * width])
    try copy(name("convolution_filter_bias"), convolution + "conv.bias", [width])
    try copy(name("convolution_output_bias"), convolution + "out_proj.bias", [width])
  }
}

/// Names under which checkpoints keep a decoder's tensors, in a layer where not said otherwise.
struct DecoderNames {
  /// The norm before attention, or what stands in its place.
  var mixerNorm = "input_layernorm"
  /// What follows `q_` and `k_` in the norms of heads.
  var headNorm = "norm"
  /// Output projection of the attention.
  var output = "o_proj"
  var feedForwardNorm = "post_attention_layernorm"
  /// Gate and up projection.
  var gates = ["mlp.gate_proj", "mlp.up_proj"]
  var down = "mlp.down_proj"
  /// Behind the last layer, beside the layers.
  var finalNorm = "norm"
  /// Norms of what attention and the FFN give, where a decoder has them.
  var mixerOutputNorm = ""
  var feedForwardOutputNorm = ""
  /// What is added to the weight of every norm.
  var normOffset: Float = 0

  /// Llama's, which most have taken over.
  static let llama = Self()
  /// LFM2's.
  static let lfm2 = Self(
    mixerNorm: "operator_norm", headNorm: "layernorm", output: "out_proj", feedForwardNorm: "ffn_norm",
    gates: ["feed_forward.w1", "feed_forward.w3"], down: "feed_forward.w2", finalNorm: "embedding_norm")
  /// Qwen3.5's, whose norms multiply by one more than their weight.
  static let qwen35 = Self(normOffset: 1)
  /// Gemma 3's, whose norms multiply by one more than their weight.
  static let gemma3 = Self(
    feedForwardNorm: "pre_feedforward_layernorm", mixerOutputNorm: "post_attention_layernorm",
    feedForwardOutputNorm: "post_feedforward_layernorm", normOffset: 1)
  /// The first Gemma's, which are Llama's names.
  static let gemma = Self(normOffset: 1)
  /// Gemma 4's, which are Gemma 3's names.
  static var gemma4: Self {
    var names = gemma3
    names.normOffset = 0
    return names
  }
}
