import Compute
import Plan

/// One decoder layer: a mixer, RMSNorm, gated FFN, and what the layer adds of each token's own.
struct DecoderLayer: Sendable {
  private let model: TextModel
  private let mixer: Mixer
  private let mixerOutputNorm: WeightVector?
  private let feedForwardNorm: WeightVector
  private let feedForwardOutputNorm: WeightVector?
  let feedForward: FeedForward
  private let embedding: LayerEmbedding?
  /// Factor of the residual stream behind the layer.
  private let scale: Float

  init(_ model: TextModel, layer: Int, weights: some ModelWeights) throws(ModelError) {
    self.model = model
    mixer = try Mixer(model, layer: layer, weights: weights)
    func norm(_ part: String) throws(ModelError) -> WeightVector {
      try weights.vector(TextModel.layerWeight(layer, part), count: model.width)
    }
    mixerOutputNorm = model.outputNorms ? try norm("mixer_output_norm") : nil
    feedForwardNorm = try norm("feed_forward_norm")
    feedForwardOutputNorm = model.outputNorms ? try norm("feed_forward_output_norm") : nil
    feedForward = try FeedForward(model, layer: layer, weights: weights)
    embedding =
      model.layerEmbeddingWidth > 0 ? try LayerEmbedding(model, layer: layer, weights: weights) : nil
    scale =
      model.layerScales ? try weights.vector("text/layer_scales", count: model.layers).elements[layer] : 1
  }

  /// Runs the layer in place on the residual stream of `rows`, which its memory of the sequence then has, too. A layer that
  /// reads the keys and values of another one finds them in `entries`.
  ///
  /// Returns the attention rows of the last `watched` tokens, `[(watched * H) x keys]`, when any are asked for and the layer
  /// has attention.
  func forward(
    _ rows: TokenRows, memory: any LayerMemory, entries: (any LayerMemory)? = nil, schedule: LayerSchedule,
    watched: Int = 0,
    _ workspace: DecoderWorkspace, _ workers: Workers
  ) -> MatrixView? {
    let count = rows.count
    let hidden = rows.hidden  // [n x d]
    var attentionRows: MatrixView?
    add(mixerOutputNorm, to: hidden, workspace, workers) { output in
      switch mixer {
      case .attention(let attention):
        let cache = LayerCache.of(entries ?? memory)
        attentionRows = attention.forward(
          rows, cache: cache, schedule: schedule, watched: watched, into: output, workspace, workers)
        (memory as? SharedEntries)?.follow(cache)
      case .convolution(let convolution):
        convolution.forward(rows, state: .of(memory), into: output, workspace, workers)
      case .delta(let delta): delta.forward(rows, state: .of(memory), into: output, workspace, workers)
      }
    }
    let normed = workspace.normed(count)
    let scratch = workspace.neurons(count, of: feedForward.neurons)
    hidden.rmsNorm(feedForwardNorm, epsilon: Float(model.normEpsilon), into: normed, workers)
    add(feedForwardOutputNorm, to: hidden, workspace, workers) { output in
      if let reduction = schedule.neurons,
        reduction.neurons(of: feedForward.neurons) < feedForward.neurons
      {
        feedForward.forward(rows, input: normed, reduction, into: output, scratch: scratch, workers)
      } else {
        feedForward.forward(normed, into: output, scratch: scratch, workers)
      }
    }
    let numbers = embedding.flatMap { own in
      rows.additions.layerInputs?.rows(own.columns, at: rows.positions)
    }
    finish(hidden, numbers, workspace, workers)
    return attentionRows
  }

  /// Runs the layer on a step, in place; the memories of its sequences then have its tokens.
  func step(layer: Int, _ step: SequenceStep, _ workspace: DecoderWorkspace, _ workers: Workers) {
    add(mixerOutputNorm, to: step.hidden, workspace, workers) { output in
      switch mixer {
      case .attention(let attention): attention.step(layer: layer, step, into: output, workspace, workers)
      case .convolution(let convolution):
        convolution.step(layer: layer, step, into: output, workspace, workers)
      case .delta(let delta): delta.step(layer: layer, step, into: output, workspace, workers)
      }
    }
    let normed = workspace.normed(step.count)
    step.hidden.rmsNorm(feedForwardNorm, epsilon: Float(model.normEpsilon), into: normed, workers)
    add(feedForwardOutputNorm, to: step.hidden, workspace, workers) { output in
      feedForward.forward(
        normed, into: output, scratch: workspace.neurons(step.count, of: feedForward.neurons),
        rowByRow: true, workers)
    }
    let numbers = embedding.map { step.layerInputs[columns: $0.columns] }
    finish(step.hidden, numbers, rowByRow: true, workspace, workers)
  }

  /// What follows the FFN: the tokens' own numbers, and the layer's factor.
  private func finish(
    _ hidden: MatrixView, _ numbers: MatrixView?, rowByRow: Bool = false, _ workspace: DecoderWorkspace,
    _ workers: Workers
  ) {
    if let embedding, let numbers {
      embedding.add(numbers, to: hidden, rowByRow: rowByRow, workspace, workers)
    }
    if scale != 1 { hidden.scale(by: scale, workers) }
  }

  /// Adds what `part` adds to its argument to the residual stream, normed before where there is a norm for it, and scaled.
  private func add(
    _ norm: WeightVector?, to hidden: MatrixView, _ workspace: DecoderWorkspace, _ workers: Workers,
    _ part: (MatrixView) -> Void
  ) {
    guard norm != nil || model.residualScale != 1 else { return part(hidden) }
    let given = workspace.given(hidden.rows)
    given.fill(0)
    part(given)
    if let norm { given.rmsNorm(norm, epsilon: Float(model.normEpsilon), into: given, workers) }
    if model.residualScale != 1 { given.scale(by: Float(model.residualScale), workers) }
    hidden.add(given, workers)
  }
}
