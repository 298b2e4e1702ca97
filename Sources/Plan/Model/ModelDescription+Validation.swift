/// Limits far above any real model and far below any overflow: the product of any three is exact in `Int`.
private enum Limit {
  static let layers = 1...512
  static let width = 1...65_536
  static let heads = 1...1024
  static let headWidth = 2...1024
  static let feedForward = 1...1_048_576
  static let vocabulary = 1...4_194_304
  static let context = 1...67_108_864
  static let image = 1...8192
  static let grid = 1...512
  static let patch = 512
  static let taps = 64
  static let positionAxis = 65_536
  /// A float has all whole numbers up to here.
  static let windowContext = 1 << 24
  /// How many times as wide as its input a product may be. A row of the workspace is as wide as the widest product, so
  /// without a limit a small file could ask for much memory.
  static let widening = 256
}

extension ModelDescription {
  /// Demands sizes that the engine can work with, so that nothing computed from them overflows.
  package func validate() throws(Flaw) {
    guard !family.isEmpty, family.utf8.count <= 64 else {
      throw Flaw("/model", "family has no name or a long one")
    }
    try text.validate()
    try vision.validate()
    try projector.validate(for: vision)
    guard vision.deepLayers.count <= text.layers else {
      throw Flaw(
        "/model",
        "\(vision.deepLayers.count) deep_layers are added behind \(text.layers) layers of the decoder")
    }
    guard deepTargets.count == vision.deepLayers.count, Set(deepTargets).count == deepTargets.count,
      deepTargets.allSatisfy((0..<text.layers).contains)
    else {
      throw Flaw(
        "/model/projector",
        "deep_targets are \(projector.deepTargets), expected a layer of \(text.layers) for each of "
          + "\(vision.deepLayers.count) deep_layers")
    }
    guard tokensPerTile < text.contextLength else {
      throw Flaw("/model", "an image needs \(tokensPerTile) positions of a context of \(text.contextLength)")
    }
  }
}

extension TextModel {
  package func validate() throws(Flaw) {
    let path = "/model/text"
    try require(layers, in: Limit.layers, "layers", path)
    try require(width, in: Limit.width, "width", path)
    try require(queryHeads, in: Limit.heads, "query_heads", path)
    try require(keyValueHeads, in: Limit.heads, "key_value_heads", path)
    try require(headWidth, in: Limit.headWidth, "head_width", path)
    try require(feedForwardWidth, in: Limit.feedForward, "feed_forward_width", path)
    try require(vocabulary, in: Limit.vocabulary, "vocabulary", path)
    try require(contextLength, in: Limit.context, "context_length", path)
    try require(normEpsilon, above: 0, upTo: 1, "norm_epsilon", path)
    try requireWidth(feedForwardWidth, from: width, "feed_forward_width", path)
    try require(windowHeadWidth, in: 0...Limit.headWidth.upperBound, "window_head_width", path)
    for (name, width) in [("head_width", headWidth), ("window_head_width", windowHeadWidth)] {
      guard width % 2 == 0 else { throw Flaw(path, "\(name) is odd: \(width)") }
    }
    try rotary.validate(path, headWidth: headWidth)
    guard queryHeads % keyValueHeads == 0 else {
      throw Flaw(path, "\(queryHeads) query heads cannot share \(keyValueHeads) key/value heads evenly")
    }
    try require(stopTokens.count, in: 1...16, "number of stop_tokens", path)
    try requireLayers(convolutionLayers, upTo: layers - 1, "convolution_layers", path) { _ in nil }
    try require(convolutionTaps, in: 1...Limit.taps, "convolution_taps", path)
    try validateDelta(path)
    try require(embeddingScale, above: 0, upTo: 1e6, "embedding_scale", path)
    try requireLayers(windowLayers, upTo: layers, "window_layers", path, recurrence)
    try require(window, in: 1...Limit.context.upperBound, "window", path)
    guard windowLayers.isEmpty || (contextLength <= Limit.windowContext && rotary.sections.isEmpty) else {
      throw Flaw(path, "has window_layers, and a context of \(contextLength) positions or axes of positions")
    }
    guard windowLayers.isEmpty || windowHeadWidth > 0 || rotary.width <= headWidth else {
      throw Flaw(path, "rotary_width is \(rotary.width), wider than heads with a sliding window")
    }
    try validateSharing(path)
    for shape in attentionShapes {
      try requireWidth(shape.fusedRows, from: width, "width of queries, keys and values", path)
    }
    try validateLayerEmbedding(path)
    try require(pictureScale, above: 0, upTo: 1e6, "picture_scale", path)
    try require(residualScale, above: 0, upTo: 1e6, "residual_scale", path)
    try require(scoreScale, from: 0, upTo: 1e6, "score_scale", path)
    try require(scoreCap, from: 0, upTo: 1e6, "score_cap", path)
    try require(queryGrowth, from: 0, upTo: 1e3, "query_growth", path)
    guard queryGrowth == 0 || (1...Limit.context.upperBound).contains(queryGrowthLength) else {
      throw Flaw(path, "query_growth has no query_growth_length")
    }
    try require(logitCap, from: 0, upTo: 1e6, "logit_cap", path)
    for token in stopTokens { try require(token, in: 0...(vocabulary - 1), "stop_tokens", path) }
    try require(imageToken, in: 0...(vocabulary - 1), "image_token", path)
  }
}

extension TextModel {
  /// Demands that layers without keys and values of their own find some.
  private func validateSharing(_ path: String) throws(Flaw) {
    try require(sharingLayers, in: 0...(layers - 1), "sharing_layers", path)
    try require(
      sharingFeedForwardWidth, in: 0...Limit.feedForward.upperBound, "sharing_feed_forward_width", path)
    try requireWidth(sharingFeedForwardWidth, from: width, "sharing_feed_forward_width", path)
    for layer in sharingStart..<layers {
      if let other = recurrence(of: layer) {
        throw Flaw(path, "sharing_layers has layer \(layer), which is \(other)")
      }
      guard entryLayer(of: layer) < sharingStart else {
        throw Flaw(path, "layer \(layer) of sharing_layers finds no layer of its kind with keys and values")
      }
    }
  }

  private func validateLayerEmbedding(_ path: String) throws(Flaw) {
    try require(layerEmbeddingWidth, in: 0...Limit.width.upperBound, "layer_embedding_width", path)
    guard layerEmbeddingWidth > 0 else { return }
    try requireWidth(layerEmbeddingColumns, from: width, "layers * layer_embedding_width", path)
    try require(
      layerEmbeddingVocabulary, in: vocabulary...Limit.vocabulary.upperBound, "layer_embedding_vocabulary",
      path)
    try require(
      layerEmbeddingVisualToken, in: 0...(layerEmbeddingVocabulary - 1), "layer_embedding_visual_token", path)
    guard rotary.sections.isEmpty else {
      throw Flaw(path, "has a layer_embedding_width, and axes of positions")
    }
  }

  /// Demands that a list of at most so many layers ascends, and that none of them is of another kind.
  private func requireLayers(
    _ list: [Int], upTo most: Int, _ name: String, _ path: String, _ other: (Int) -> String?
  ) throws(Flaw) {
    try require(list.count, in: 0...most, "number of \(name)", path)
    for layer in list {
      try require(layer, in: 0...(layers - 1), name, path)
      if let other = other(layer) { throw Flaw(path, "\(name) has layer \(layer), which is \(other)") }
    }
    guard zip(list, list.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw Flaw(path, "\(name) do not ascend")
    }
  }

  private func validateDelta(_ path: String) throws(Flaw) {
    try requireLayers(deltaLayers, upTo: layers - 1, "delta_layers", path) { layer in
      convolutionLayers.contains(layer) ? "a convolution" : nil
    }
    guard !attentionLayers.isEmpty else { throw Flaw(path, "has no layer with attention") }
    try require(delta.keyHeads, in: Limit.heads, "delta_key_heads", path)
    try require(delta.valueHeads, in: Limit.heads, "delta_value_heads", path)
    try require(delta.keyWidth, in: 1...Limit.headWidth.upperBound, "delta_key_width", path)
    try require(delta.valueWidth, in: 1...Limit.headWidth.upperBound, "delta_value_width", path)
    try require(delta.taps, in: 1...Limit.taps, "delta_taps", path)
    guard delta.valueHeads % delta.keyHeads == 0 else {
      throw Flaw(
        path, "\(delta.valueHeads) delta_value_heads cannot share \(delta.keyHeads) delta_key_heads evenly")
    }
    guard !deltaLayers.isEmpty else { return }
    try requireWidth(delta.inputRows, from: width, "width of delta queries, keys, values and gates", path)
    // A state is no weight: what is kept of a sequence shall not be far more than the file.
    try requireWidth(delta.stateElements, from: width * width, "delta state", path)
  }
}

/// Demands that what is made of a row is not so wide that few weights need much memory.
private func requireWidth(_ width: Int, from input: Int, _ name: String, _ object: String) throws(Flaw) {
  guard width <= Limit.widening * input else {
    throw Flaw(object, "\(name) is \(width), more than \(Limit.widening) times its input of \(input)")
  }
}

extension RotaryModel {
  package func validate(_ path: String, headWidth: Int) throws(Flaw) {
    try require(width, in: 2...headWidth, "rotary_width", path)
    guard width % 2 == 0 else { throw Flaw(path, "rotary_width is odd: \(width)") }
    if !sections.isEmpty {
      guard sections.allSatisfy({ (1...width).contains($0) }), sections.count <= 64,
        sections.reduce(0, +) == width / 2
      else {
        throw Flaw(path, "rotary_sections \(sections) are not all above 0 with a sum of \(width / 2) pairs")
      }
    }
    guard !interleavesSections || sections.count == 3 else {
      throw Flaw(path, "rotary_interleaved has \(sections.count) rotary_sections, expected 3")
    }
    try require(scale, above: 0, upTo: 100, "rotary_scale", path)
    try require(growth, from: 0, upTo: 1e6, "rotary_growth", path)
    try require(base, above: 0, upTo: 1e18, "rotary_base", path)
    try require(trainedLength, in: 0...Limit.context.upperBound, "rotary_trained_length", path)
    guard growth == 0 || (trainedLength > 0 && width > 2) else {
      throw Flaw(path, "rotary_growth has no rotary_trained_length to start from")
    }
  }
}

extension VisionModel {
  package func validate() throws(Flaw) {
    let path = "/model/vision"
    try require(layers, in: 0...Limit.layers.upperBound, "layers", path)
    try require(width, in: Limit.width, "width", path)
    try require(heads, in: Limit.heads, "heads", path)
    try require(feedForwardWidth, in: Limit.feedForward, "feed_forward_width", path)
    try requireWidth(feedForwardWidth, from: width, "feed_forward_width", path)
    try require(imageSize, in: 0...Limit.image.upperBound, "image_size", path)
    try require(patchSize, in: 1...Limit.patch, "patch_size", path)
    try requireWidth(width, from: patchElements, "width", path)
    if imageSize > 0 { try require(grid, in: Limit.grid, "image_size / patch_size", path) }
    try require(normEpsilon, above: 0, upTo: 1, "norm_epsilon", path)
    guard width % heads == 0 else {
      throw Flaw(path, "width \(width) cannot be divided among \(heads) heads")
    }
    switch positions {
    case .learned:
      guard imageSize > 0 else { throw Flaw(path, "has learned positions but no image_size") }
    case .rotary:
      guard width / heads % 4 == 0, !classToken else {
        throw Flaw(path, "rotary positions need heads of a multiple of 4 and no class token")
      }
    case .none: break
    }
    guard imageSize > 0 || (!classToken && !dropsFirstToken) else {
      throw Flaw(path, "takes any image size, but has or drops a first token")
    }
    // Without its first patch a grid has lost its first row, which leaves nothing of one row and no windows.
    guard !dropsFirstPatch || (grid > 1 && window == 0) else {
      throw Flaw(path, "drops its first token, which is a patch of \(grid > 1 ? "a window" : "a single row")")
    }
    try require(queryKeyNormEpsilon, above: 0, upTo: 1, "query_key_norm_epsilon", path)
    try require(featureLayers.count, in: 1...64, "number of feature_layers", path)
    for layer in featureLayers { try require(layer, in: 0...layers, "feature_layers", path) }
    try require(positionGrid, in: 0...Limit.grid.upperBound, "position_grid", path)
    guard positionGrid == 0 || (positions != .learned && !classToken) else {
      throw Flaw(path, "has a position_grid beside other learned positions or a class token")
    }
    try require(positionAxis, in: 0...Limit.positionAxis, "position_axis", path)
    guard positionAxis == 0 || (positions != .learned && !classToken) else {
      throw Flaw(path, "has a position_axis beside other learned positions or a class token")
    }
    guard !normsHeads || queryKeyNorm else { throw Flaw(path, "norms_heads, but not queries and keys") }
    guard !clipsProducts || gatedFeedForward else {
      throw Flaw(path, "clips_products of an FFN without gates")
    }
    try require(deepLayers.count, in: 0...64, "number of deep_layers", path)
    for layer in deepLayers { try require(layer, in: 0...layers, "deep_layers", path) }
    guard deepLayers.isEmpty || classToken == dropsFirstToken else {
      throw Flaw(path, "has deep_layers of tokens that are no grid")
    }
    try validateMerger(path)
    try require(window, in: 0...Limit.grid.upperBound, "window", path)
    guard window == 0 || !classToken else { throw Flaw(path, "has windows and a class token") }
    try require(fullAttentionLayers.count, in: 0...layers, "number of full_attention_layers", path)
    for layer in fullAttentionLayers {
      try require(layer, in: 0...max(0, layers - 1), "full_attention_layers", path)
    }
  }
}

extension VisionModel {
  private func validateMerger(_ path: String) throws(Flaw) {
    try require(merger.layer, in: 0...layers, "merger_layer", path)
    try require(merger.side, in: 1...64, "merger_side", path)
    try require(merger.feedForwardWidth, in: 0...Limit.feedForward.upperBound, "merger_width", path)
    guard merger.layer > 0 else { return }
    try require(merger.side, in: 2...64, "merger_side", path)
    try require(merger.feedForwardWidth, in: Limit.feedForward, "merger_width", path)
    try require(mergedWidth, in: 1...(1 << 26), "width of a merged window", path)
    try requireWidth(merger.feedForwardWidth, from: mergedWidth, "merger_width", path)
    guard !classToken, !dropsFirstToken, window == 0, deepLayers.isEmpty else {
      throw Flaw(
        path, "has a merger_layer beside a class token, a first token that is dropped, windows or deep_layers"
      )
    }
    guard positions != .rotary, !queryKeyNorm, !valueNorm, !outputNorms, !clipsProducts else {
      throw Flaw(
        path,
        "has a merger_layer beside rotary positions, norms of queries, values or outputs or clips_products")
    }
    guard featureLayers.allSatisfy({ $0 >= merger.layer }) else {
      throw Flaw(path, "feature_layers has a layer before merger_layer, \(merger.layer)")
    }
  }
}

extension ProjectorModel {
  package func validate(for vision: VisionModel) throws(Flaw) {
    let path = "/model/projector"
    try require(hiddenWidth, in: 0...Limit.feedForward.upperBound, "hidden_width", path)
    try require(merge, in: 1...64, "merge", path)
    guard !merger || (!pools && normsPatches && vision.deepLayers.isEmpty) else {
      throw Flaw(path, "has a merger of patches that are pooled or not normed, or beside deep_layers")
    }
    guard !standardizes || (!normsPatches && vision.deepLayers.isEmpty) else {
      throw Flaw(path, "standardizes features beside a norm of patches or deep_layers")
    }
    guard !pools || qformer.isThere || vision.deepLayers.isEmpty else {
      throw Flaw(path, "pools beside deep_layers")
    }
    if qformer.isThere { try validateQFormer(path, vision) }
    try require(normEpsilon, above: 0, upTo: 1, "norm_epsilon", path)
    try require(inputWidth(vision), in: 1...(1 << 26), "merged width", path)
    try requireWidth(hiddenWidth, from: inputWidth(vision), "hidden_width", path)
    guard merge == 1 || vision.classToken == vision.dropsFirstToken else {
      throw Flaw(path, "merges patches that are not a grid")
    }
    let joined = merge * vision.merger.merge
    guard joined == 1 || vision.grid % joined == 0 else {
      throw Flaw(path, "merge \(joined) does not divide a grid of \(vision.grid) patches")
    }
    guard vision.window % merge == 0 else {
      throw Flaw(path, "merge \(merge) does not divide windows of \(vision.window) patches")
    }
  }
  private func validateQFormer(_ path: String, _ vision: VisionModel) throws(Flaw) {
    try require(qformer.window, in: 2...64, "qformer_window", path)
    try require(qformer.layers, in: Limit.layers, "qformer_layers", path)
    try require(qformer.heads, in: Limit.heads, "qformer_heads", path)
    try require(qformer.feedForwardWidth, in: Limit.feedForward, "qformer_width", path)
    try requireWidth(qformer.feedForwardWidth, from: vision.width, "qformer_width", path)
    try require(qformer.normEpsilon, from: 0, upTo: 1, "qformer_norm_epsilon", path)
    guard pools, normsPatches, !standardizes, merge == QFormerModel.merge, vision.featureLayers.count == 1
    else {
      throw Flaw(
        path, "has a qformer_window, but no norm of patches of one layer of which four are pooled to one")
    }
    guard vision.grid > 0, qformer.window % QFormerModel.merge == 0, vision.grid % qformer.window == 0 else {
      throw Flaw(path, "qformer_window \(qformer.window) does not divide a grid of \(vision.grid) patches")
    }
    guard vision.width % qformer.heads == 0 else {
      throw Flaw(path, "width \(vision.width) cannot be divided among \(qformer.heads) qformer_heads")
    }
    guard qformer.starts.count == 1 + vision.deepLayers.count, qformer.starts.allSatisfy((0...4).contains)
    else {
      throw Flaw(
        path,
        "qformer_starts are \(qformer.starts), expected a number up to 4 for each of "
          + "\(1 + vision.deepLayers.count) projectors")
    }
  }
}
