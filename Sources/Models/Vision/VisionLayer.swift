import Compute
import Plan

/// One pre-norm transformer layer of a vision tower: norm, attention, norm, FFN, with the tower's options.
struct VisionLayer: Sendable {
  let attention: VisionAttention
  private let attentionNorm: VisionNorm
  private let attentionScale: WeightVector?
  private let feedForwardNorm: VisionNorm
  private let feedForwardScale: WeightVector?
  private let up: WeightMatrix
  private let upBias: WeightVector?
  private let down: WeightMatrix
  private let downBias: WeightVector?
  private let feedForwardOutputNorm: VisionNorm?
  private let clips: ProductClips?
  private let activation: ElementwiseFunction
  private let isGated: Bool

  /// Whether the project's own kernels multiply all of its matrices: a library's float32 products depend on how many rows
  /// they get.
  var isReducedPrecision: Bool {
    attention.isReducedPrecision && attention.isOutputReducedPrecision && up.isReducedPrecision
      && down.isReducedPrecision
  }

  init(_ model: VisionModel, layer: Int, weights: some ModelWeights) throws(ModelError) {
    func name(_ part: String) -> String { VisionModel.layerWeight(layer, part) }
    let (width, inner) = (model.width, model.feedForwardWidth)
    func norm(_ part: String) throws(ModelError) -> VisionNorm {
      try VisionNorm(model.norm, name(part), width: width, epsilon: model.normEpsilon, weights: weights)
    }
    func scale(_ part: String) throws(ModelError) -> WeightVector? {
      model.layerScale ? try weights.vector(name(part), count: width) : nil
    }
    clips = model.clipsProducts ? try ProductClips(layer, weights: weights) : nil
    attention = try VisionAttention(model, clips: clips, weights: weights, name)
    attentionNorm = try norm("attention_norm")
    attentionScale = try scale("attention_scale")
    feedForwardNorm = try norm("feed_forward_norm")
    feedForwardScale = try scale("feed_forward_scale")
    isGated = model.gatedFeedForward
    activation = model.activation.function
    let rows = isGated ? 2 * inner : inner
    up = try weights.matrix(name("up"), rows: rows, columns: width)
    upBias = model.layerBias ? try weights.vector(name("up_bias"), count: rows) : nil
    down = try weights.matrix(name("down"), rows: width, columns: inner)
    downBias = model.layerBias ? try weights.vector(name("down_bias"), count: width) : nil
    feedForwardOutputNorm = model.outputNorms ? try norm("feed_forward_output_norm") : nil
  }

  /// Runs the layer in place on `hidden`, `[rows x width]`; each segment of rows sees itself alone, with `offsets`,
  /// `[1 x rows]`, on the scores of its keys. The FFN uses its first `neurons`, or all; `watching` is shown their
  /// activations, `[rows x neurons]`, of a block at a time.
  func forward(
    _ hidden: MatrixView, segments: [Range<Int>], rotation: PatchRotation?,
    offsets: MatrixView? = nil, neurons: Int?, _ workspace: VisionWorkspace, _ workers: Workers,
    watching: ((MatrixView) -> Void)? = nil
  ) {
    workspace.forEachBlock(workers) { rows, block, workers in
      attentionNorm.apply(hidden[rows: rows], into: block.normed, workers)
      attention.project(
        block.normed, scratch: block.result, at: rotation?.positions[rows], of: rotation,
        into: workspace.fused[rows: rows], workers)
    }
    attention.attend(
      workspace.fused, segments: segments, offsets: offsets, panels: workspace.panels,
      into: workspace.attended, workers)
    workspace.forEachBlock(workers) { rows, block, workers in
      let hidden = hidden[rows: rows]
      add(to: hidden, scaledBy: attentionScale, changed: attention.changesOutput, block, workers) {
        result, accumulating in
        attention.output(
          workspace.attended[rows: rows], into: result, accumulating: accumulating, workers)
      }
      feedForward(hidden, neurons: neurons, block, workers, watching: watching)
    }
  }

  /// Adds the FFN of some rows to them.
  private func feedForward(
    _ hidden: MatrixView, neurons: Int?, _ block: VisionBlock, _ workers: Workers,
    watching: ((MatrixView) -> Void)?
  ) {
    feedForwardNorm.apply(hidden, into: block.normed, workers)
    let count = neurons ?? down.columns
    let fused = block.neurons[columns: 0..<(isGated ? 2 : 1) * count]
    let active = fused[columns: 0..<count]
    activate(block, count, fused, workers)
    if isGated { fused.gate(activation, into: active, workers) } else { active.activate(activation, workers) }
    watching?(active)
    let down = count == down.columns ? down : down.leading(columns: count)
    let isChanged = clips != nil || feedForwardOutputNorm != nil
    if let clips { active.clamp(to: clips.down.input, workers) }
    add(to: hidden, scaledBy: feedForwardScale, changed: isChanged, block, workers) { result, accumulating in
      down.multiply(active, into: result, accumulating: accumulating, workers)
      if let downBias { result.add(downBias, workers) }
      if let clips { result.clamp(to: clips.down.output, workers) }
      feedForwardOutputNorm?.apply(result, into: result, workers)
    }
  }

  /// The first neurons of the FFN before their activation, gates first.
  private func activate(_ block: VisionBlock, _ count: Int, _ output: MatrixView, _ workers: Workers) {
    let (input, all) = (block.normed, down.columns)
    let ranges = isGated ? [0..<count, all..<all + count] : [0..<count]
    if let clips {
      up.multiply(
        input, outputs: ranges, within: clips.feedForward, into: output, scratch: block.result, workers)
      return
    }
    guard count < all else {
      up.multiply(input, into: output, workers)
      if let upBias { output.add(upBias, workers) }
      return
    }
    // Panels can be used in place where the up half starts with one.
    if isGated, all % NeuronReduction.unit != 0 {
      up.gathering(rows: ranges.flatMap { Array($0) }, workers).multiply(input, into: output, workers)
    } else {
      up.multiply(input, outputs: ranges, into: output, workers)
    }
    guard let bias = upBias?.elements else { return }
    output.add(WeightVector(ranges.flatMap { bias[$0] }), workers)
  }

  /// Adds what `part` computes to `hidden`: at once, or by way of the block's memory where it is to be scaled or changed
  /// otherwise.
  private func add(
    to hidden: MatrixView, scaledBy scale: WeightVector?, changed isChanged: Bool, _ block: VisionBlock,
    _ workers: Workers,
    _ part: (_ result: MatrixView, _ accumulating: Bool) -> Void
  ) {
    guard isChanged || scale != nil else { return part(hidden, true) }
    part(block.result, false)
    if let scale { block.result.multiply(byVector: scale, workers) }
    hidden.add(block.result, workers)
  }
}
