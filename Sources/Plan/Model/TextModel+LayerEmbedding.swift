extension TextModel {
  /// Numbers that all layers together have of a token's own.
  public var layerEmbeddingColumns: Int { layers * layerEmbeddingWidth }

  /// What makes the layers' own numbers of a token.
  var layerEmbeddingWeights: [WeightSpecification] {
    var list: [WeightSpecification] = []
    if layerScales {
      list.append(.vector("text/layer_scales", layers, "factor of the residual stream behind each layer"))
    }
    guard layerEmbeddingWidth > 0 else { return list }
    return list + [
      .matrix(
        "text/layer_embedding", [layerEmbeddingVocabulary, layerEmbeddingColumns],
        "what layers have of a token by its number, a row a token, layer after layer"),
      .matrix(
        "text/layer_embedding_projection", [layerEmbeddingColumns, width],
        "what layers have of a token by its embedding, layer after layer"),
      .vector(
        "text/layer_embedding_norm", layerEmbeddingWidth,
        "RMSNorm weight of what the projection gives a layer"),
    ]
  }

  /// How one layer adds them to the residual stream.
  func layerEmbeddingWeights(_ name: (String) -> String) -> [WeightSpecification] {
    guard layerEmbeddingWidth > 0 else { return [] }
    return [
      .matrix(
        name("layer_embedding_gate"), [layerEmbeddingWidth, width],
        "what the layer's own numbers of a token are multiplied by, behind the activation"),
      .matrix(
        name("layer_embedding_output"), [width, layerEmbeddingWidth],
        "their projection to the residual stream"),
      .vector(name("layer_embedding_output_norm"), width, "RMSNorm weight of what is added"),
    ]
  }
}
