/// A vision transformer over square patches with pre-norm layers: CLIP, SigLIP, InternViT and Qwen's towers are all
/// settings of it.
public struct VisionModel: Equatable, Sendable {
  /// Layers that run: those up to the last one whose output is read.
  public var layers = 0
  /// Width of the tower's residual stream.
  public var width = 0
  /// Attention heads; divides `width`.
  public var heads = 0
  /// Neurons of a feed-forward network.
  public var feedForwardWidth = 0
  /// Side of the square input in pixels; 0 for a tower that takes any whole number of patches.
  public var imageSize = 0
  /// Side of a patch in pixels.
  public var patchSize = 0
  /// Normalisation before attention and FFN.
  public var norm = Norm.layerNorm
  /// Added to the variance or mean square inside every norm.
  public var normEpsilon = 1e-5
  /// FFN activation.
  public var activation = Activation.quickGelu
  /// Whether the FFN is gated (SwiGLU) rather than two plain layers.
  public var gatedFeedForward = false
  /// How a patch knows its place.
  public var positions = Positions.learned
  /// Whether rows and columns have rotary angles of their own (Pixtral).
  public var axisFrequencies = false
  /// Side of a square table of learned positions that is interpolated to the grid of a picture and added to its patches,
  /// whatever else they know of their places; 0 for none (Qwen3-VL).
  public var positionGrid = 0
  /// How the table becomes as large as a picture's grid.
  public var positionResize = PositionResize.corners
  /// Rows of two tables of learned positions, one by a patch's column and one by its row, which are both added to it, whatever
  /// else it knows of its place; 0 for none (Gemma 4).
  public var positionAxis = 0
  /// Whether q, k and v have biases.
  public var attentionBias = true
  /// Whether the attention output and the FFN have biases.
  public var layerBias = true
  /// Whether queries and keys pass an RMSNorm over all heads.
  public var queryKeyNorm = false
  /// Whether that norm is of each head alone, with one weight for all (Gemma 4).
  public var normsHeads = false
  /// Whether values are normed head by head, by an RMSNorm without a weight (Gemma 4).
  public var valueNorm = false
  /// Epsilon of the norms of queries and keys.
  public var queryKeyNormEpsilon = 1e-6
  /// Whether what attention and FFN give is normed before it is added (Gemma 4).
  public var outputNorms = false
  /// Whether the inputs and outputs of a layer's products are brought into ranges of their own (Gemma 4).
  public var clipsProducts = false
  /// Whether attention and FFN outputs are scaled channel by channel before they are added.
  public var layerScale = false
  /// Whether a norm stands before the first layer (CLIP).
  public var inputNorm = true
  /// Whether a LayerNorm stands behind the last layer.
  public var outputNorm = false
  /// Whether a class token is put before the patches.
  public var classToken = true
  /// Whether the first token's output is dropped (`default` feature selection) or kept (`full`).
  public var dropsFirstToken = true
  /// Layer boundaries whose rows are read and laid side by side; boundary `l` is the output of `l` layers.
  public var featureLayers: [Int] = []
  /// Layer boundaries whose rows go through projectors of their own and are added to the visual rows behind layers of the
  /// decoder, one a layer (DeepStack, arXiv 2406.04334); empty for none. A boundary may be there more than once.
  public var deepLayers: [Int] = []
  /// Side of the attention windows in patches; 0 when every layer sees the whole picture.
  public var window = 0
  /// Layers that see the whole picture all the same.
  public var fullAttentionLayers: [Int] = []
  /// Squares of patches that become one row each behind a layer, if there are any (MiniCPM-V 4.6).
  public var merger = TowerMergerModel()

  /// An empty description, to be filled from a checkpoint or a plan.
  public init() {}

  /// Ways in which a patch knows its place.
  public enum Positions: String, CaseIterable, Sendable {
    /// A learned embedding is added, one for each place of the fixed grid.
    case learned
    /// Queries and keys are rotated, half of the pairs by the patch's row, half by its column.
    case rotary
    /// Not at all.
    case none
  }

  /// Ways to resize a table of learned positions.
  public enum PositionResize: String, CaseIterable, Sendable {
    /// Linear, corners on corners (Qwen3-VL).
    case corners
    /// Linear, edges on edges, with a wider filter where the grid is smaller than the table (SigLIP 2).
    case antialiased
    /// The place of the table that a patch's upper left corner lies in (MiniCPM-V).
    case nearest
  }

  /// Patches along one side of a fixed input, `imageSize / patchSize`; 0 for a tower that takes any grid.
  public var grid: Int { patchSize > 0 ? imageSize / patchSize : 0 }
  /// Whether the token that is dropped is a patch: its grid then has lost its first row.
  public var dropsFirstPatch: Bool { dropsFirstToken && !classToken }
  /// Rows the tower works on for a fixed input: patches and the class token.
  public var rows: Int { grid * grid + (classToken ? 1 : 0) }
  /// Columns of the features: one width for each boundary that is read.
  public var featureWidth: Int { width * max(1, featureLayers.count) }
  /// Rotary angles: of a quarter of a head, or of a quarter by row and of one by column.
  public var rotaryFrequencies: Int { headWidth / (axisFrequencies ? 2 : 4) }
  /// Width of a head.
  public var headWidth: Int { width / max(1, heads) }
  /// Elements of the norms of queries and of keys.
  public var queryKeyNormWidth: Int { normsHeads ? headWidth : width }
  /// Columns of the patch embedding: channels x patch rows x patch columns.
  public var patchElements: Int { 3 * patchSize * patchSize }
}

extension VisionModel {
  /// Name of a tensor of one layer.
  public static func layerWeight(_ layer: Int, _ name: String) -> String {
    "vision/layers/\(paddedLayer(layer))/\(name)"
  }

  var weights: [WeightSpecification] {
    var list: [WeightSpecification] = [
      .folded(
        "vision/patch_embedding", [width, patchElements],
        "patch embedding over raw bytes 0...255 with the image normalisation folded in; columns are channel, row, column"
      ),
      .vector("vision/patch_bias", width, "bias, with the constant part of the folded normalisation"),
    ]
    if classToken { list.append(.vector("vision/class_embedding", width, "class token")) }
    switch positions {
    case .learned:
      list.append(
        .folded("vision/position_embedding", [rows, width], "learned positions, class token first"))
    case .rotary:
      list.append(
        .vector(
          "vision/rope_inverse_frequencies", rotaryFrequencies,
          axisFrequencies
            ? "rotary angle per row of the first quarter of a head's elements, then per column of the second"
            : "rotary angle per row of the first quarter of a head's elements and per column of the second"))
    case .none: break
    }
    if positionGrid > 0 {
      list.append(
        .folded(
          "vision/position_table", [positionGrid * positionGrid, width],
          "learned positions of a square grid, row by row, to be interpolated"))
    }
    if positionAxis > 0 {
      for axis in ["column", "row"] {
        list.append(
          .folded(
            "vision/\(axis)_positions", [positionAxis, width], "learned position of a patch by its \(axis)"))
      }
    }
    if inputNorm { list += .norm(norm, "vision/input_norm", width, "before the first layer") }
    for layer in 0..<layers { list += layerWeights { Self.layerWeight(layer, $0) } }
    if merger.layer > 0 { list += mergerWeights }
    if outputNorm { list += .norm(.layerNorm, "vision/output_norm", width, "behind the last layer") }
    return list
  }

  private func layerWeights(_ name: (String) -> String) -> [WeightSpecification] {
    var list = attentionWeights(name)
    if layerScale { list.append(.vector(name("attention_scale"), width, "factor of each channel")) }
    list += .norm(norm, name("feed_forward_norm"), width, "before the FFN")
    let rows = gatedFeedForward ? 2 * feedForwardWidth : feedForwardWidth
    let kind = gatedFeedForward ? "gate rows, then up rows" : "first FFN matrix"
    list.append(.matrix(name("up"), [rows, width], kind))
    if layerBias { list.append(.vector(name("up_bias"), rows, "biases of up")) }
    list.append(.matrix(name("down"), [width, feedForwardWidth], "second FFN matrix"))
    if layerBias { list.append(.vector(name("down_bias"), width, "bias of the second FFN matrix")) }
    if outputNorms { list += .norm(norm, name("feed_forward_output_norm"), width, "of what the FFN gives") }
    if clipsProducts {
      list.append(
        .folded(
          name("clips"), [7, 4],
          "least and greatest input, least and greatest output of the products with query, key, value, attention_output, "
            + "gate, up and down, a row each"))
    }
    if layerScale { list.append(.vector(name("feed_forward_scale"), width, "factor of each channel")) }
    return list
  }

  /// A norm and the attention behind it, of a layer or of the merger.
  func attentionWeights(_ name: (String) -> String) -> [WeightSpecification] {
    var list: [WeightSpecification] = .norm(norm, name("attention_norm"), width, "before attention")
    list.append(.matrix(name("qkv"), [3 * width, width], "query, key and value projections, stacked by row"))
    if attentionBias { list.append(.vector(name("qkv_bias"), 3 * width, "biases of query, key and value")) }
    if queryKeyNorm {
      let heads = normsHeads ? "of each head" : "all heads together"
      list.append(.vector(name("query_norm"), queryKeyNormWidth, "RMSNorm weight of the queries, \(heads)"))
      list.append(.vector(name("key_norm"), queryKeyNormWidth, "RMSNorm weight of the keys, \(heads)"))
    }
    list.append(.matrix(name("attention_output"), [width, width], "attention output projection"))
    if layerBias {
      list.append(.vector(name("attention_output_bias"), width, "bias of the attention output"))
    }
    if outputNorms { list += .norm(norm, name("attention_output_norm"), width, "of what attention gives") }
    return list
  }
}
