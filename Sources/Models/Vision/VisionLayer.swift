import Compute
import PlanFormat

/// One pre-norm transformer layer of a vision tower: LayerNorm, attention over all rows, LayerNorm, FFN.
struct VisionLayer: Sendable {
  private let epsilon: Float
  private let activation: ElementwiseFunction
  private let attention: Attention
  private let attentionNorm: WeightVector
  private let attentionNormBias: WeightVector
  private let qkv: WeightMatrix
  private let qkvBias: WeightVector
  private let attentionOutput: WeightMatrix
  private let attentionOutputBias: WeightVector
  private let feedForwardNorm: WeightVector
  private let feedForwardNormBias: WeightVector
  private let up: WeightMatrix
  private let upBias: WeightVector
  private let down: WeightMatrix
  private let downBias: WeightVector

  /// Rows of intermediate results, for one image at a time.
  struct Workspace {
    let normed: Matrix  // [positions x width]
    let fused: Matrix  // [positions x 3 width]
    let attended: Matrix  // [positions x width]
    let neurons: Matrix  // [positions x feedForwardWidth]

    init(_ model: VisionModel) {
      normed = Matrix(rows: model.positions, columns: model.width)
      fused = Matrix(rows: model.positions, columns: 3 * model.width)
      attended = Matrix(rows: model.positions, columns: model.width)
      neurons = Matrix(rows: model.positions, columns: model.feedForwardWidth)
    }
  }

  init(_ model: VisionModel, layer: Int, weights: some ModelWeights) throws(ModelError) {
    func name(_ part: String) -> String { VisionModel.layerWeight(layer, part) }
    let width = model.width
    let inner = model.feedForwardWidth
    epsilon = Float(model.normEpsilon)
    activation = model.activation.function
    attention = Attention(queryHeads: model.heads, keyValueHeads: model.heads, headWidth: width / model.heads)
    attentionNorm = try weights.vector(name("attention_norm"), count: width)
    attentionNormBias = try weights.vector(name("attention_norm_bias"), count: width)
    qkv = try weights.matrix(name("qkv"), rows: 3 * width, columns: width)
    qkvBias = try weights.vector(name("qkv_bias"), count: 3 * width)
    attentionOutput = try weights.matrix(name("attention_output"), rows: width, columns: width)
    attentionOutputBias = try weights.vector(name("attention_output_bias"), count: width)
    feedForwardNorm = try weights.vector(name("feed_forward_norm"), count: width)
    feedForwardNormBias = try weights.vector(name("feed_forward_norm_bias"), count: width)
    up = try weights.matrix(name("up"), rows: inner, columns: width)
    upBias = try weights.vector(name("up_bias"), count: inner)
    down = try weights.matrix(name("down"), rows: width, columns: inner)
    downBias = try weights.vector(name("down_bias"), count: width)
  }

  /// Runs the layer in place on `hidden`, `[positions x width]`.
  func forward(_ hidden: Matrix, _ workspace: Workspace, _ workers: Workers) {
    let width = hidden.columns
    hidden.layerNorm(attentionNorm, attentionNormBias, epsilon: epsilon, into: workspace.normed)
    qkv.multiply(workspace.normed, into: workspace.fused, workers)
    workspace.fused.add(qkvBias)
    attention.attend(
      queries: workspace.fused[columns: 0..<width],
      keys: HeadRows(columnsOf: workspace.fused[columns: width..<2 * width], headWidth: attention.headWidth),
      values: HeadRows(
        columnsOf: workspace.fused[columns: 2 * width..<3 * width], headWidth: attention.headWidth),
      keyCount: hidden.rows, mask: .full, into: workspace.attended, workers)
    attentionOutput.multiply(workspace.attended, into: hidden, accumulating: true, workers)
    hidden.add(attentionOutputBias)

    hidden.layerNorm(feedForwardNorm, feedForwardNormBias, epsilon: epsilon, into: workspace.normed)
    up.multiply(workspace.normed, into: workspace.neurons, workers)
    workspace.neurons.add(upBias)
    workspace.neurons.activate(activation, workers)
    down.multiply(workspace.neurons, into: hidden, accumulating: true, workers)
    hidden.add(downBias)
  }
}
