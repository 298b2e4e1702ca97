/// One tensor a model must have: its name under `/weights`, shape and meaning.
///
/// `ModelDescription.weights` is the single list that the importer fills, the reader demands and the engine
/// binds; nothing else may be in a plan's `/weights`.
public struct WeightSpecification: Equatable, Sendable {
  /// Name below `/weights`, such as `text/layers/03/qkv`.
  public var name: String
  /// Rows x columns of a matrix, or the length of a vector.
  public var shape: [Int]
  /// What the tensor is, for readers of the file.
  public var summary: String

  /// Matrices take the plan's weight format; vectors and folded tensors stay float32.
  public var followsWeightFormat: Bool

  /// Elements in the tensor, or `nil` when the product overflows.
  public var elements: Int? { shape.checkedProduct }
}

extension [Int] {
  /// The product of the elements, or `nil` when one is negative or the product overflows.
  package var checkedProduct: Int? {
    var product = 1
    for factor in self {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow || factor < 0 { return nil }
      product = next
    }
    return product
  }
}

extension ModelDescription {
  /// Every tensor of the model, in the order in which the plan stores them.
  public var weights: [WeightSpecification] {
    vision.weights + projector.weights(vision, text) + text.weights
  }
}

extension TextModel {
  /// Rows of the fused q/k/v matrix: all query heads, then all key heads, then all value heads.
  public var fusedAttentionRows: Int { (queryHeads + 2 * keyValueHeads) * headWidth }

  /// Name of a tensor of one layer.
  public static func layerWeight(_ layer: Int, _ name: String) -> String {
    "text/layers/\(paddedLayer(layer))/\(name)"
  }

  var weights: [WeightSpecification] {
    var list: [WeightSpecification] = [
      .matrix("text/embedding", [vocabulary, width], "token embedding, a row a token"),
      .vector(
        "text/rope_inverse_frequencies", headWidth / 2, "rotary angle per position of each pair (i, i + dh/2)"
      ),
    ]
    for layer in 0..<layers {
      func name(_ part: String) -> String { Self.layerWeight(layer, part) }
      list += [
        .vector(name("attention_norm"), width, "RMSNorm weight before attention"),
        .matrix(
          name("qkv"), [fusedAttentionRows, width], "query, key and value projections, stacked by row"),
      ]
      if attentionBias {
        list.append(.vector(name("qkv_bias"), fusedAttentionRows, "biases of query, key and value"))
      }
      list += [
        .matrix(name("attention_output"), [width, queryHeads * headWidth], "attention output projection"),
        .vector(name("feed_forward_norm"), width, "RMSNorm weight between attention and FFN"),
        .matrix(name("gate_up"), [2 * feedForwardWidth, width], "gate rows, then up rows; a row a neuron"),
        .matrix(name("down"), [feedForwardWidth, width], "down projection transposed: a row a neuron"),
      ]
    }
    list.append(.vector("text/final_norm", width, "RMSNorm weight before the head"))
    if !tiedHead { list.append(.matrix("text/head", [vocabulary, width], "logits head, a row a token")) }
    return list
  }
}

extension VisionModel {
  /// Columns of the patch embedding: channels x patch rows x patch columns.
  public var patchElements: Int { 3 * patchSize * patchSize }

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
      .vector("vision/patch_bias", width, "constant part of the folded normalisation"),
    ]
    if classToken { list.append(.vector("vision/class_embedding", width, "class token")) }
    list.append(
      .folded("vision/position_embedding", [positions, width], "learned positions, class token first"))
    if tower == .clip {
      list += [
        .vector("vision/input_norm", width, "LayerNorm weight before the first layer"),
        .vector("vision/input_norm_bias", width, "LayerNorm bias before the first layer"),
      ]
    }
    for layer in 0..<layers {
      func name(_ part: String) -> String { Self.layerWeight(layer, part) }
      list += [
        .vector(name("attention_norm"), width, "LayerNorm weight before attention"),
        .vector(name("attention_norm_bias"), width, "LayerNorm bias before attention"),
        .matrix(name("qkv"), [3 * width, width], "query, key and value projections, stacked by row"),
        .vector(name("qkv_bias"), 3 * width, "biases of query, key and value"),
        .matrix(name("attention_output"), [width, width], "attention output projection"),
        .vector(name("attention_output_bias"), width, "bias of the attention output"),
        .vector(name("feed_forward_norm"), width, "LayerNorm weight before the FFN"),
        .vector(name("feed_forward_norm_bias"), width, "LayerNorm bias before the FFN"),
        .matrix(name("up"), [feedForwardWidth, width], "first FFN matrix"),
        .vector(name("up_bias"), feedForwardWidth, "bias of the first FFN matrix"),
        .matrix(name("down"), [width, feedForwardWidth], "second FFN matrix"),
        .vector(name("down_bias"), width, "bias of the second FFN matrix"),
      ]
    }
    return list
  }
}

extension ProjectorModel {
  func weights(_ vision: VisionModel, _ text: TextModel) -> [WeightSpecification] {
    var list: [WeightSpecification] = [
      .matrix("projector/linear_1", [hiddenWidth, vision.width], "tower width to hidden width"),
      .matrix("projector/linear_2", [text.width, hiddenWidth], "hidden width to decoder width"),
    ]
    if bias {
      list += [
        .vector("projector/linear_1_bias", hiddenWidth, "bias of the first layer"),
        .vector("projector/linear_2_bias", text.width, "bias of the second layer"),
      ]
    }
    return list
  }
}

extension WeightSpecification {
  static func matrix(_ name: String, _ shape: [Int], _ summary: String) -> Self {
    Self(name: name, shape: shape, summary: summary, followsWeightFormat: true)
  }
  static func folded(_ name: String, _ shape: [Int], _ summary: String) -> Self {
    Self(name: name, shape: shape, summary: summary, followsWeightFormat: false)
  }
  static func vector(_ name: String, _ length: Int, _ summary: String) -> Self {
    Self(name: name, shape: [length], summary: summary, followsWeightFormat: false)
  }
}

/// Layer numbers sort as text: two digits at least.
private func paddedLayer(_ layer: Int) -> String { layer < 10 ? "0\(layer)" : "\(layer)" }
