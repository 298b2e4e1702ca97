import Compute
import Plan

/// One decoder layer: RMSNorm, grouped-query attention with rotary positions, RMSNorm, gated FFN.
struct DecoderLayer: Sendable {
  private let model: TextModel
  private let attention: Attention
  private let attentionNorm: WeightVector
  private let qkv: WeightMatrix
  private let qkvBias: WeightVector?
  private let queryNorm: WeightVector?
  private let keyNorm: WeightVector?
  private let attentionOutput: WeightMatrix
  private let attentionOutputBias: WeightVector?
  private let feedForwardNorm: WeightVector
  let feedForward: FeedForward

  init(_ model: TextModel, layer: Int, weights: some ModelWeights) throws(ModelError) {
    func name(_ part: String) -> String { TextModel.layerWeight(layer, part) }
    self.model = model
    attention = Attention(
      queryHeads: model.queryHeads, keyValueHeads: model.keyValueHeads, headWidth: model.headWidth)
    attentionNorm = try weights.vector(name("attention_norm"), count: model.width)
    qkv = try weights.matrix(name("qkv"), rows: model.fusedAttentionRows, columns: model.width)
    qkvBias =
      model.attentionBias ? try weights.vector(name("qkv_bias"), count: model.fusedAttentionRows) : nil
    queryNorm = model.headNorm ? try weights.vector(name("query_norm"), count: model.headWidth) : nil
    keyNorm = model.headNorm ? try weights.vector(name("key_norm"), count: model.headWidth) : nil
    attentionOutput = try weights.matrix(
      name("attention_output"), rows: model.width, columns: model.queryHeads * model.headWidth)
    attentionOutputBias =
      model.attentionOutputBias
      ? try weights.vector(name("attention_output_bias"), count: model.width) : nil
    feedForwardNorm = try weights.vector(name("feed_forward_norm"), count: model.width)
    feedForward = try FeedForward(model, layer: layer, weights: weights)
  }

  /// Runs the layer in place on the residual stream of `rows` and appends their keys and values to `cache`.
  ///
  /// Returns the attention rows of the last `watched` tokens, `[(watched * H) x keys]`, when any are asked for.
  func forward(
    _ rows: TokenRows, cache: LayerCache, schedule: LayerSchedule, watched: Int = 0,
    _ workspace: DecoderWorkspace, _ workers: Workers
  ) -> MatrixView? {
    let count = rows.count
    let hidden = rows.hidden  // [n x d]
    let normed = workspace.normed(count)
    let fused = workspace.fused(count)
    let queryWidth = model.queryHeads * model.headWidth
    let keyWidth = model.keyValueHeads * model.headWidth
    let epsilon = Float(model.normEpsilon)

    project(hidden, into: fused, workspace, workers)
    workspace.rotary.rotate(
      fused[columns: 0..<queryWidth + keyWidth], positions: rows.positions, headWidth: model.headWidth,
      workers)
    let first = cache.count
    cache.append(
      keys: fused[columns: queryWidth..<queryWidth + keyWidth],
      values: fused[columns: queryWidth + keyWidth..<queryWidth + 2 * keyWidth], offsets: rows.scoreOffsets,
      visual: rows.visualCount, workers)

    let queries = fused[columns: 0..<queryWidth]
    let attended = workspace.attended(count)
    attention.attend(
      queries: queries, to: cache.entries, offsets: cache.offsets, keyCount: cache.count,
      mask: mask(rows, schedule, firstQuery: first), into: attended, workers)  // [n x H dh]
    let attentionRows =
      watched == 0
      ? nil
      : attention.rows(
        of: queries[rows: count - watched..<count], over: cache.entries, offsets: cache.offsets,
        visibleKeys: (count - watched..<count).map { first + $0 + 1 }, keyCount: cache.count, workers)
    attentionOutput.multiply(attended, into: hidden, accumulating: true, workers)  // [n x d]
    if let attentionOutputBias { hidden.add(attentionOutputBias, workers) }

    hidden.rmsNorm(feedForwardNorm, epsilon: epsilon, into: normed, workers)
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

  /// Runs the layer on a step, in place, and appends its tokens to their caches.
  func step(
    layer: Int, _ step: SequenceStep, _ workspace: DecoderWorkspace, _ workers: Workers
  ) {
    let count = step.count
    let hidden = step.hidden  // [n x d]
    let normed = workspace.normed(count)
    let fused = workspace.fused(count)
    let attended = workspace.attended(count)
    let queryWidth = model.queryHeads * model.headWidth
    let keyWidth = model.keyValueHeads * model.headWidth
    let epsilon = Float(model.normEpsilon)

    project(hidden, into: fused, rowByRow: true, workspace, workers)
    for index in 0..<count {
      let row = fused[rows: index..<index + 1]
      // A scheme that grows with the sequence has other angles for each.
      workspace.rotary.rotate(
        row[columns: 0..<queryWidth + keyWidth], position: step.positions[index], headWidth: model.headWidth)
      let cache = step.caches[index].layers[layer]
      cache.append(
        keys: row[columns: queryWidth..<queryWidth + keyWidth],
        values: row[columns: queryWidth + keyWidth..<queryWidth + 2 * keyWidth], visual: 0, workers)
      attention.attend(
        queries: row[columns: 0..<queryWidth], to: cache.entries, offsets: cache.offsets,
        keyCount: cache.count, mask: .causal(firstQuery: cache.count - 1),
        into: attended[rows: index..<index + 1], workers)  // [1 x H dh]
    }
    attentionOutput.multiply(attended, into: hidden, accumulating: true, rowByRow: true, workers)  // [n x d]
    if let attentionOutputBias { hidden.add(attentionOutputBias, workers) }

    hidden.rmsNorm(feedForwardNorm, epsilon: epsilon, into: normed, workers)
    feedForward.forward(
      normed, into: hidden, scratch: workspace.neurons(count), rowByRow: true, workers)
  }

  /// Queries, keys and values of some rows, `[n x (H + 2 Hkv) dh]`, not rotated yet.
  private func project(
    _ hidden: MatrixView, into fused: MatrixView, rowByRow: Bool = false, _ workspace: DecoderWorkspace,
    _ workers: Workers
  ) {
    let normed = workspace.normed(hidden.rows)
    hidden.rmsNorm(attentionNorm, epsilon: Float(model.normEpsilon), into: normed, workers)
    qkv.multiply(normed, into: fused, rowByRow: rowByRow, workers)
    if let qkvBias { fused.add(qkvBias, workers) }
    let queryWidth = model.queryHeads * model.headWidth
    let keys = queryWidth..<queryWidth + model.keyValueHeads * model.headWidth
    let epsilon = Float(model.normEpsilon)
    if let queryNorm { fused[columns: 0..<queryWidth].rmsNormHeads(queryNorm, epsilon: epsilon, workers) }
    if let keyNorm { fused[columns: keys].rmsNormHeads(keyNorm, epsilon: epsilon, workers) }
  }

  private func mask(_ rows: TokenRows, _ schedule: LayerSchedule, firstQuery: Int) -> AttentionMask {
    guard firstQuery == 0, let window = schedule.attentionWindow, rows.visualCount > window else {
      return .causal(firstQuery: firstQuery)
    }
    return .hollow(ordinals: rows.ordinals, window: window)
  }
}
