/// A Llama-style decoder: RMSNorm, rotary positions, grouped-query attention, gated FFN; some layers may have a short
/// convolution or a gated delta rule in the place of attention.
public struct TextModel: Equatable, Sendable {
  /// Decoder layers, `L`.
  public var layers = 0
  /// Residual stream width, `d`.
  public var width = 0
  /// Query heads, `H`.
  public var queryHeads = 0
  /// KV heads, `Hkv`; divides `queryHeads`.
  public var keyValueHeads = 0
  /// Width of a head, `dh`; even.
  public var headWidth = 0
  /// Neurons of a feed-forward network, `m`.
  public var feedForwardWidth = 0
  /// Rows of the embedding, and logits of a position.
  public var vocabulary = 0
  /// Longest prompt with its answer that the engine accepts.
  public var contextLength = 0
  /// Added to the mean square inside every RMSNorm.
  public var normEpsilon = 1e-5
  /// Gate activation of the FFN.
  public var activation = Activation.silu
  /// Whether the logits use the embedding matrix (no separate head is stored).
  public var tiedHead = false
  /// Whether q, k and v have biases (Qwen2).
  public var attentionBias = false
  /// Whether the attention output has a bias.
  public var attentionOutputBias = false
  /// Whether queries and keys are normed head by head before they are rotated (RMSNorm; Qwen3).
  public var headNorm = false
  /// Whether what attention gives is multiplied, before its output projection, by the sigmoid of a gate that is projected
  /// beside the queries (Qwen3.5).
  public var attentionGate = false
  /// Whether gate, up and down have biases.
  public var feedForwardBias = false
  /// Whether values are normed head by head, by an RMSNorm without a weight (Gemma 4).
  public var valueNorm = false
  /// Factor of token embeddings, not of visual tokens (Gemma: the root of the width).
  public var embeddingScale = 1.0
  /// Whether what a mixer and an FFN give is normed before it is added to the residual stream (Gemma).
  public var outputNorms = false
  /// What visual tokens see of their own picture.
  public var pictureAttention = PictureAttention.causal
  /// Layers whose attention has a sliding window and rotary angles of their own; ascending (Gemma 3).
  public var windowLayers: [Int] = []
  /// Positions that the attention of these layers sees, the token's own included.
  public var window = 4096
  /// Width of a head in these layers; 0 for `headWidth` (Gemma 4).
  public var windowHeadWidth = 0
  /// Last layers that have no keys and values of their own, but read those of the last layer before them that has a window,
  /// or none, as they do (Gemma 4).
  public var sharingLayers = 0
  /// Neurons of the feed-forward networks of these last layers; 0 for `feedForwardWidth`.
  public var sharingFeedForwardWidth = 0
  /// Width of what each layer adds by itself for each token, made of the token's embedding and of a row of a table of its
  /// own; 0 where layers add nothing (per-layer embeddings, Gemma 4).
  public var layerEmbeddingWidth = 0
  /// Rows of that table.
  public var layerEmbeddingVocabulary = 0
  /// The token whose row of that table visual tokens have.
  public var layerEmbeddingVisualToken = 0
  /// Whether the residual stream is multiplied by a number behind each layer (Gemma 4).
  public var layerScales = false
  /// Bound that logits come near to, `c tanh(x / c)`; 0 for none (Gemma 4).
  public var logitCap = 0.0
  /// Layers that mix neighbouring tokens by a gated short convolution, and have no attention; ascending (LFM2).
  public var convolutionLayers: [Int] = []
  /// Tokens that a convolution sees, the token itself included.
  public var convolutionTaps = 3
  /// Whether the projections and the filter of a convolution have biases.
  public var convolutionBias = false
  /// Layers that read their rows into a state by the gated delta rule, and have no attention; ascending (Qwen3.5).
  public var deltaLayers: [Int] = []
  /// Sizes of these layers.
  public var delta = DeltaModel()
  /// How positions become angles.
  public var rotary = RotaryModel()
  /// How much queries grow with their position: by `1 + g log(1 + p / length)`, whole lengths counted; 0 for not at all
  /// (Ministral 3).
  public var queryGrowth = 0.0
  /// Positions of a length.
  public var queryGrowthLength = 0
  /// Token ids that end an answer; 1 to 16 of them.
  public var stopTokens: [Int] = []
  /// The token that stands for an image in the template and is replaced by visual tokens.
  public var imageToken = 0

  /// An empty description, to be filled from a checkpoint or a plan.
  public init() {}

  /// Ways in which visual tokens see their own picture.
  public enum PictureAttention: String, CaseIterable, Sendable {
    /// What comes before them.
    case causal
    /// All of a contiguous run of visual tokens (Gemma 3).
    case whole
    /// The same in layers with a sliding window, as far back as it reaches; what comes before them in others (Gemma 4).
    case wholeInWindows = "whole_in_windows"
  }
}

/// Rotary position embedding of a decoder. The angle per position of each pair is a tensor of the plan, with linear,
/// llama3 and YaRN scaling already in it.
public struct RotaryModel: Equatable, Sendable {
  /// Elements of a head that are rotated, from its first; even.
  public var width = 0
  /// Pairs by axis, in turn frames, rows, columns (M-RoPE); empty when every pair follows the one position.
  public var sections: [Int] = []
  /// Whether the pairs of the axes take turns, as long as an axis has some, rather than stand one axis after the other; those
  /// that are left over are of frames (Qwen3-VL).
  public var interleavesSections = false
  /// Factor of cosines and sines (YaRN's attention factor).
  public var scale = 1.0
  /// Factor by which the base grows beyond `trainedLength` (dynamic NTK); 0 when it does not.
  public var growth = 0.0
  /// Base of the frequencies, for the growth.
  public var base = 10_000.0
  /// Positions up to which the frequencies stay as they are.
  public var trainedLength = 0

  /// No rotation, to be filled from a checkpoint or a plan.
  public init() {}
}

extension TextModel {
  /// Layers with attention, and so with keys and values; ascending.
  public var attentionLayers: [Int] { (0..<layers).filter { recurrence(of: $0) == nil } }

  /// Layers that keep a state in the place of keys and values; ascending.
  public var recurrentLayers: [Int] { (0..<layers).filter { recurrence(of: $0) != nil } }

  /// What a layer has in the place of attention, in words; `nil` for a layer with attention.
  public func recurrence(of layer: Int) -> String? {
    if convolutionLayers.contains(layer) { return "a convolution" }
    return deltaLayers.contains(layer) ? "a gated delta rule" : nil
  }

  /// Kinds of layers without attention that there are, by their names for many.
  public var kindsOfRecurrence: [(name: String, layers: [Int])] {
    [("convolutions", convolutionLayers), ("gated delta rules", deltaLayers)].filter { !$0.1.isEmpty }
  }

  /// Layers with keys and values of their own; ascending.
  public var entryLayers: [Int] { attentionLayers.filter { $0 < sharingStart } }

  /// Layers up to the last one that has keys and values: what is done behind it frees none.
  public var entryDepth: Int { (entryLayers.last ?? -1) + 1 }

  /// The first layer with attention from a layer on, or the last one before it.
  public func attentionLayer(from layer: Int) -> Int {
    attentionLayers.first { $0 >= layer } ?? attentionLayers.last ?? layer
  }

  /// Name of a tensor of one layer.
  public static func layerWeight(_ layer: Int, _ name: String) -> String {
    "text/layers/\(paddedLayer(layer))/\(name)"
  }

  var weights: [WeightSpecification] {
    var list: [WeightSpecification] = [
      .matrix("text/embedding", [vocabulary, width], "token embedding, a row a token"),
      .vector(
        "text/rope_inverse_frequencies", rotary.width / 2,
        "rotary angle per position of each pair (i, i + rotary_width/2)"),
    ]
    if !windowLayers.isEmpty {
      list.append(
        .vector(
          "text/window_rope_inverse_frequencies", windowRotaryWidth / 2,
          "the same for layers with a sliding window"))
    }
    list += layerEmbeddingWeights
    for layer in 0..<layers {
      func name(_ part: String) -> String { Self.layerWeight(layer, part) }
      let feedForwardWidth = feedForwardWidth(of: layer)
      if convolutionLayers.contains(layer) {
        list += convolutionWeights(name)
      } else if deltaLayers.contains(layer) {
        list += delta.weights(width: width, name)
      } else {
        list += attentionWeights(attentionShape(of: layer), name)
      }
      list += [
        .vector(name("feed_forward_norm"), width, "RMSNorm weight between attention and FFN"),
        .matrix(name("gate_up"), [2 * feedForwardWidth, width], "gate rows, then up rows; a row a neuron"),
      ]
      if feedForwardBias {
        list.append(.vector(name("gate_up_bias"), 2 * feedForwardWidth, "biases of gate, then of up"))
      }
      list.append(
        .neurons(name("down"), [feedForwardWidth, width], "down projection transposed: a row a neuron"))
      if feedForwardBias { list.append(.vector(name("down_bias"), width, "bias of the down projection")) }
      if outputNorms {
        list += [
          .vector(name("mixer_output_norm"), width, "RMSNorm weight of what attention gives"),
          .vector(name("feed_forward_output_norm"), width, "RMSNorm weight of what the FFN gives"),
        ]
      }
      list += layerEmbeddingWeights(name)
    }
    list.append(.vector("text/final_norm", width, "RMSNorm weight before the head"))
    if !tiedHead { list.append(.matrix("text/head", [vocabulary, width], "logits head, a row a token")) }
    return list
  }

  private func attentionWeights(
    _ shape: AttentionShape, _ name: (String) -> String
  ) -> [WeightSpecification] {
    var list: [WeightSpecification] = [
      .vector(name("attention_norm"), width, "RMSNorm weight before attention"),
      .matrix(
        name("qkv"), [shape.fusedRows, width],
        attentionGate
          ? "query, key and value projections, and that to the gates, stacked by row"
          : "query, key and value projections, stacked by row; the query projection alone in a sharing layer"),
    ]
    if attentionBias {
      list.append(
        .vector(
          name("qkv_bias"), shape.fusedRows,
          attentionGate ? "biases of query, key, value and gate" : "biases of query, key and value"))
    }
    if headNorm {
      list.append(.vector(name("query_norm"), shape.headWidth, "RMSNorm weight of each query head"))
      if shape.ownsEntries {
        list.append(.vector(name("key_norm"), shape.headWidth, "RMSNorm weight of each key head"))
      }
    }
    list.append(
      .matrix(name("attention_output"), [width, shape.queryWidth], "attention output projection"))
    if attentionOutputBias {
      list.append(.vector(name("attention_output_bias"), width, "bias of the attention output"))
    }
    return list
  }

  private func convolutionWeights(_ name: (String) -> String) -> [WeightSpecification] {
    var list: [WeightSpecification] = [
      .vector(name("convolution_norm"), width, "RMSNorm weight before the convolution"),
      .matrix(
        name("convolution_input"), [3 * width, width],
        "projections to the gate before the filter, the gate behind it and what is filtered, stacked by row"),
      .folded(
        name("convolution_filter"), [convolutionTaps, width],
        "filter of each channel, a row a tap, that of the token itself last"),
      .matrix(name("convolution_output"), [width, width], "output projection of the convolution"),
    ]
    if convolutionBias {
      list += [
        .vector(name("convolution_input_bias"), 3 * width, "biases of the three projections"),
        .vector(name("convolution_filter_bias"), width, "bias of the filter"),
        .vector(name("convolution_output_bias"), width, "bias of the output projection"),
      ]
    }
    return list
  }
}
