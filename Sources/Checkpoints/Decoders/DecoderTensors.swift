import Plan

extension RecipeBuilder {
  /// Tensors of a Llama-style decoder whose names start with `prefix`, and of its head under one of `heads`.
  mutating func addDecoder(
    _ decoder: DecoderConfig, prefix: String, heads: [String]
  ) throws(CheckpointError) {
    let text = decoder.model
    let (width, hidden) = (text.width, text.feedForwardWidth)
    let (queryRows, keyRows) = (text.queryHeads * text.headWidth, text.keyValueHeads * text.headWidth)
    let embedding = prefix + "embed_tokens.weight"
    try copy("text/embedding", embedding, [text.vocabulary, width])
    add("text/rope_inverse_frequencies", .values(decoder.frequencies))
    for layer in 0..<text.layers {
      let source = "\(prefix)layers.\(layer)."
      let attention = source + "self_attn."
      func name(_ part: String) -> String { TextModel.layerWeight(layer, part) }
      let projections = [("q_proj", queryRows), ("k_proj", keyRows), ("v_proj", keyRows)]
      try copy(name("attention_norm"), source + "input_layernorm.weight", [width])
      try stack(name("qkv"), projections.map { ("\(attention)\($0.0).weight", [$0.1, width]) })
      if text.attentionBias {
        try stack(name("qkv_bias"), projections.map { ("\(attention)\($0.0).bias", [$0.1]) })
      }
      if text.headNorm {
        try copy(name("query_norm"), attention + "q_norm.weight", [text.headWidth])
        try copy(name("key_norm"), attention + "k_norm.weight", [text.headWidth])
      }
      try copy(name("attention_output"), attention + "o_proj.weight", [width, queryRows])
      if text.attentionOutputBias {
        try copy(name("attention_output_bias"), attention + "o_proj.bias", [width])
      }
      try copy(name("feed_forward_norm"), source + "post_attention_layernorm.weight", [width])
      let gates = ["gate_proj", "up_proj"].map { "\(source)mlp.\($0)" }
      try stack(name("gate_up"), gates.map { ($0 + ".weight", [hidden, width]) })
      let down = try take(source + "mlp.down_proj.weight", [width, hidden])
      add(name("down"), .transposed(down))
      if text.feedForwardBias {
        try stack(name("gate_up_bias"), gates.map { ($0 + ".bias", [hidden]) })
        try copy(name("down_bias"), source + "mlp.down_proj.bias", [width])
      }
    }
    try copy("text/final_norm", prefix + "norm.weight", [width])
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
}
