import Compute
import Plan

/// One decoder layer: a mixer, RMSNorm, gated FFN.
struct DecoderLayer: Sendable {
  private let model: TextModel
  private let mixer: Mixer
  private let feedForwardNorm: WeightVector
  let feedForward: FeedForward

  init(_ model: TextModel, layer: Int, weights: some ModelWeights) throws(ModelError) {
    self.model = model
    mixer = try Mixer(model, layer: layer, weights: weights)
    feedForwardNorm = try weights.vector(
      TextModel.layerWeight(layer, "feed_forward_norm"), count: model.width)
    feedForward = try FeedForward(model, layer: layer, weights: weights)
  }

  /// Runs the layer in place on the residual stream of `rows`, which its memory of the sequence then has, too.
  ///
  /// Returns the attention rows of the last `watched` tokens, `[(watched * H) x keys]`, when any are asked for and the layer
  /// has attention.
  func forward(
    _ rows: TokenRows, memory: any LayerMemory, schedule: LayerSchedule, watched: Int = 0,
    _ workspace: DecoderWorkspace, _ workers: Workers
  ) -> MatrixView? {
    let count = rows.count
    let hidden = rows.hidden  // [n x d]
    var attentionRows: MatrixView?
    switch mixer {
    case .attention(let attention):
      attentionRows = attention.forward(
        rows, cache: .of(memory), schedule: schedule, watched: watched, workspace, workers)
    case .convolution(let convolution): convolution.forward(rows, state: .of(memory), workspace, workers)
    }
    let normed = workspace.normed(count)
    hidden.rmsNorm(feedForwardNorm, epsilon: Float(model.normEpsilon), into: normed, workers)
    if let reduction = schedule.neurons,
      reduction.neurons(of: model.feedForwardWidth) < model.feedForwardWidth
    {
      feedForward.forward(
        rows, input: normed, reduction, into: hidden, scratch: workspace.neurons(count), workers)
    } else {
      feedForward.forward(normed, into: hidden, scratch: workspace.neurons(count), workers)
    }
    return attentionRows
  }

  /// Runs the layer on a step, in place; the memories of its sequences then have its tokens.
  func step(layer: Int, _ step: SequenceStep, _ workspace: DecoderWorkspace, _ workers: Workers) {
    switch mixer {
    case .attention(let attention): attention.step(layer: layer, step, workspace, workers)
    case .convolution(let convolution): convolution.step(layer: layer, step, workspace, workers)
    }
    let normed = workspace.normed(step.count)
    step.hidden.rmsNorm(feedForwardNorm, epsilon: Float(model.normEpsilon), into: normed, workers)
    feedForward.forward(
      normed, into: step.hidden, scratch: workspace.neurons(step.count), rowByRow: true, workers)
  }
}
