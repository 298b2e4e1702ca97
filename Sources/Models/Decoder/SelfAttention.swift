import Compute
import Plan

/// RMSNorm and grouped-query attention with rotary positions.
struct SelfAttention: Sendable {
  private let model: TextModel
  private let attention: Attention
  private let norm: WeightVector
  private let qkv: WeightMatrix
  private let qkvBias: WeightVector?
  private let queryNorm: WeightVector?
  private let keyNorm: WeightVector?
  private let output: WeightMatrix
  private let outputBias: WeightVector?

  init(_ model: TextModel, layer: Int, weights: some ModelWeights) throws(ModelError) {
    func name(_ part: String) -> String { TextModel.layerWeight(layer, part) }
    self.model = model
    attention = Attention(
      queryHeads: model.queryHeads, keyValueHeads: model.keyValueHeads, headWidth: model.headWidth)
    norm = try weights.vector(name("attention_norm"), count: model.width)
    qkv = try weights.matrix(name("qkv"), rows: model.fusedAttentionRows, columns: model.width)
    qkvBias =
      model.attentionBias ? try weights.vector(name("qkv_bias"), count: model.fusedAttentionRows) : nil
    queryNorm = model.headNorm ? try weights.vector(name("query_norm"), count: model.headWidth) : nil
    keyNorm = model.headNorm ? try weights.vector(name("key_norm"), count: model.headWidth) : nil
    output = try weights.matrix(
      name("attention_output"), rows: model.width, columns: model.queryHeads * model.headWidth)
    outputBias =
      model.attentionOutputBias
      ? try weights.vector(name("attention_output_bias"), count: model.width) : nil
  }

  private var queryWidth: Int { model.queryHeads * model.headWidth }
  private var keyWidth: Int { model.keyValueHeads * model.headWidth }

  /// Adds the attention of some rows to their residual stream, and their keys and values to `cache`.
  ///
  /// Returns the attention rows of the last `watched` tokens, `[(watched * H) x keys]`, when any are asked for.
  func forward(
    _ rows: TokenRows, cache: LayerCache, schedule: LayerSchedule, watched: Int,
    _ workspace: DecoderWorkspace, _ workers: Workers
  ) -> MatrixView? {
    let count = rows.count
    let hidden = rows.hidden  // [n x d]
    let fused = project(hidden, workspace, workers)
    workspace.rotary.rotate(
      fused[columns: 0..<queryWidth + keyWidth], positions: rows.positions, headWidth: model.headWidth,
      workers)
    let first = cache.count
    cache.append(
      keys: fused[columns: queryWidth..<queryWidth + keyWidth],
      values: fused[columns: queryWidth + keyWidth..<queryWidth + 2 * keyWidth], offsets: rows.scoreOffsets,
      visual: rows.visualCount, workers)

    let queries = fused[columns: 0..<queryWidth]
    let attended = workspace.mixed(count, columns: queryWidth)
    attention.attend(
      queries: queries, to: cache.entries, offsets: cache.offsets, keyCount: cache.count,
      mask: mask(rows, schedule, firstQuery: first), into: attended, workers)  // [n x H dh]
    let attentionRows =
      watched == 0
      ? nil
      : attention.rows(
        of: queries[rows: count - watched..<count], over: cache.entries, offsets: cache.offsets,
        visibleKeys: (count - watched..<count).map { first + $0 + 1 }, keyCount: cache.count, workers)
    output.multiply(attended, into: hidden, accumulating: true, workers)  // [n x d]
    if let outputBias { hidden.add(outputBias, workers) }
    return attentionRows
  }

  /// The same for the tokens of a step, each of which is alone with its cache.
  func step(layer: Int, _ step: SequenceStep, _ workspace: DecoderWorkspace, _ workers: Workers) {
    let hidden = step.hidden  // [n x d]
    let fused = project(hidden, rowByRow: true, workspace, workers)
    let attended = workspace.mixed(step.count, columns: queryWidth)
    for index in 0..<step.count {
      let row = fused[rows: index..<index + 1]
      // A scheme that grows with the sequence has other angles for each.
      workspace.rotary.rotate(
        row[columns: 0..<queryWidth + keyWidth], position: step.positions[index], headWidth: model.headWidth)
      let cache = LayerCache.of(step.caches[index].layers[layer])
      cache.append(
        keys: row[columns: queryWidth..<queryWidth + keyWidth],
        values: row[columns: queryWidth + keyWidth..<queryWidth + 2 * keyWidth], visual: 0, workers)
      attention.attend(
        queries: row[columns: 0..<queryWidth], to: cache.entries, offsets: cache.offsets,
        keyCount: cache.count, mask: .causal(firstQuery: cache.count - 1),
        into: attended[rows: index..<index + 1], workers)  // [1 x H dh]
    }
    output.multiply(attended, into: hidden, accumulating: true, rowByRow: true, workers)  // [n x d]
    if let outputBias { hidden.add(outputBias, workers) }
  }

  /// Queries, keys and values of some rows, `[n x (H + 2 Hkv) dh]`, not rotated yet.
  private func project(
    _ hidden: MatrixView, rowByRow: Bool = false, _ workspace: DecoderWorkspace, _ workers: Workers
  ) -> MatrixView {
    let epsilon = Float(model.normEpsilon)
    let normed = workspace.normed(hidden.rows)
    let fused = workspace.fused(hidden.rows, columns: model.fusedAttentionRows)
    hidden.rmsNorm(norm, epsilon: epsilon, into: normed, workers)
    qkv.multiply(normed, into: fused, rowByRow: rowByRow, workers)
    if let qkvBias { fused.add(qkvBias, workers) }
    let keys = queryWidth..<queryWidth + keyWidth
    if let queryNorm { fused[columns: 0..<queryWidth].rmsNormHeads(queryNorm, epsilon: epsilon, workers) }
    if let keyNorm { fused[columns: keys].rmsNormHeads(keyNorm, epsilon: epsilon, workers) }
    return fused
  }

  private func mask(_ rows: TokenRows, _ schedule: LayerSchedule, firstQuery: Int) -> AttentionMask {
    guard firstQuery == 0, let window = schedule.attentionWindow, rows.visualCount > window else {
      return .causal(firstQuery: firstQuery)
    }
    return .hollow(ordinals: rows.ordinals, window: window)
  }
}

extension LayerCache {
  /// The cache of a layer with attention: whoever makes a sequence's memories gives it one.
  static func of(_ memory: any LayerMemory) -> LayerCache {
    guard let cache = memory as? LayerCache else { preconditionFailure("the layer has no keys and values") }
    return cache
  }
}
