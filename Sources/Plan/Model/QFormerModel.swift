/// A querying transformer over windows of patches: each square window's tokens start from some of its patches, attend to each
/// other, then to all patches of the window (BLIP-2, arXiv 2301.12597; Granite Vision 4).
///
/// Norms are LayerNorms behind each part, and every linear layer has a bias.
public struct QFormerModel: Equatable, Sendable {
  /// Patches along each side of a window, even; 0 for a projector without one. A window becomes a quarter as many tokens.
  public var window = 0
  /// Layers of self-attention, cross-attention and FFN.
  public var layers = 1
  /// Attention heads; divides the tower's width.
  public var heads = 1
  /// Neurons of an FFN.
  public var feedForwardWidth = 0
  /// Activation of an FFN.
  public var activation = Activation.gelu
  /// Added to the variance inside the norms of the layers.
  public var normEpsilon = 1e-12
  /// What a token starts from, of the projector and then of each for a deep layer of the tower: 0 for the mean of its four
  /// patches, 1 to 4 for one of them, in raster order.
  public var starts: [Int] = []

  /// An empty description, to be filled from a checkpoint or a plan.
  public init() {}

  /// Whether there is one.
  public var isThere: Bool { window > 0 }
  /// Patches along each side that become one token.
  public static let merge = 2
  /// Tokens of a window.
  public var tokens: Int { window / Self.merge * (window / Self.merge) }
  /// Patches of a window.
  public var patches: Int { window * window }

  /// Name of a tensor of one layer, below the projector's.
  public static func layerWeight(_ layer: Int, _ name: String) -> String {
    "qformer/layers/\(paddedLayer(layer))/\(name)"
  }
}

extension QFormerModel {
  func weights(width: Int, _ name: (String) -> String) -> [WeightSpecification] {
    var list: [WeightSpecification] = [
      .folded(
        name("qformer/queries"), [tokens, width], "what is added to the tokens of a window by their places"),
      .folded(name("qformer/positions"), [patches, width], "what is added to its patches by theirs"),
    ]
    list += .norm(.layerNorm, name("qformer/norm"), width, "of the tokens before the first layer")
    for layer in 0..<layers {
      func own(_ part: String) -> String { name(Self.layerWeight(layer, part)) }
      list += linear(
        own("qkv"), [3 * width, width], "query, key and value projections of the tokens, stacked by row")
      list += linear(own("attention_output"), [width, width], "output projection of self-attention")
      list += .norm(.layerNorm, own("attention_norm"), width, "behind self-attention")
      list += linear(own("cross_query"), [width, width], "query projection of the tokens, to the patches")
      list += linear(
        own("cross_entries"), [2 * width, width], "key and value projections of the patches, stacked by row")
      list += linear(own("cross_output"), [width, width], "output projection of cross-attention")
      list += .norm(.layerNorm, own("cross_norm"), width, "behind cross-attention")
      list += linear(own("up"), [feedForwardWidth, width], "first FFN matrix")
      list += linear(own("down"), [width, feedForwardWidth], "second FFN matrix")
      list += .norm(.layerNorm, own("feed_forward_norm"), width, "behind the FFN")
    }
    return list
  }

  private func linear(_ name: String, _ shape: [Int], _ summary: String) -> [WeightSpecification] {
    [.matrix(name, shape, summary), .vector(name + "_bias", shape[0], "its bias")]
  }
}
