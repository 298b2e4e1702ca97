import Compute
import Glibc
import Plan

/// RMSNorm and grouped-query attention with rotary positions.
struct SelfAttention: Sendable {
  private let model: TextModel
  private let shape: AttentionShape
  private let attention: Attention
  /// The layer whose keys and values it reads.
  private let entryLayer: Int
  private let norm: WeightVector
  private let qkv: WeightMatrix
  private let qkvBias: WeightVector?
  private let queryNorm: WeightVector?
  private let keyNorm: WeightVector?
  /// Ones, where values are normed.
  private let valueNorm: WeightVector?
  private let output: WeightMatrix
  private let outputBias: WeightVector?
  /// Positions that a token sees; `nil` for all.
  private let window: Int?

  init(_ model: TextModel, layer: Int, weights: some ModelWeights) throws(ModelError) {
    func name(_ part: String) -> String { TextModel.layerWeight(layer, part) }
    self.model = model
    shape = model.attentionShape(of: layer)
    entryLayer = model.entryLayer(of: layer)
    window = model.windowLayers.contains(layer) ? model.window : nil
    attention = Attention(
      queryHeads: shape.queryHeads, keyValueHeads: shape.keyValueHeads, headWidth: shape.headWidth)
    norm = try weights.vector(name("attention_norm"), count: model.width)
    qkv = try weights.matrix(name("qkv"), rows: shape.fusedRows, columns: model.width)
    qkvBias = model.attentionBias ? try weights.vector(name("qkv_bias"), count: shape.fusedRows) : nil
    queryNorm = model.headNorm ? try weights.vector(name("query_norm"), count: shape.headWidth) : nil
    keyNorm =
      model.headNorm && shape.ownsEntries
      ? try weights.vector(name("key_norm"), count: shape.headWidth) : nil
    valueNorm =
      model.valueNorm && shape.ownsEntries
      ? WeightVector(Array(repeating: 1, count: shape.headWidth)) : nil
    output = try weights.matrix(name("attention_output"), rows: model.width, columns: shape.queryWidth)
    outputBias =
      model.attentionOutputBias
      ? try weights.vector(name("attention_output_bias"), count: model.width) : nil
  }

  /// Whether visual tokens see those of their picture behind them, too.
  private var seesWholePictures: Bool {
    switch model.pictureAttention {
    case .causal: false
    case .whole: true
    case .wholeInWindows: window != nil
    }
  }

  private var queryWidth: Int { shape.queryWidth }
  private var keyWidth: Int { shape.keyWidth }
  /// Columns that are rotated: queries, and keys if the layer has any.
  private var rotated: Range<Int> { 0..<queryWidth + (shape.ownsEntries ? keyWidth : 0) }

  /// Adds the attention of some rows to `given`, and their keys and values to `cache`; a layer that has none reads a cache
  /// where they are the last.
  ///
  /// Returns the attention rows of the last `watched` tokens, `[(watched * H) x keys]`, when any are asked for.
  func forward(
    _ rows: TokenRows, cache: LayerCache, schedule: LayerSchedule, watched: Int, into given: MatrixView,
    _ workspace: DecoderWorkspace, _ workers: Workers
  ) -> MatrixView? {
    let count = rows.count
    let hidden = rows.hidden  // [n x d]
    let fused = project(hidden, workspace, workers)
    rotary(workspace).rotate(
      fused[columns: rotated], positions: rows.positions, headWidth: shape.headWidth, workers)
    if model.queryGrowth > 0 {
      for row in 0..<count { grow(fused[rows: row..<row + 1], at: rows.positions[row]) }
    }
    if shape.ownsEntries {
      cache.append(
        keys: keys(of: fused), values: values(of: fused), offsets: rows.scoreOffsets,
        visual: rows.visualCount, workers
      ) { Int(rows.positions[$0].temporal) }
    }
    let first = cache.count - count
    let queries = fused[columns: 0..<queryWidth]
    let attended = workspace.mixed(count, columns: queryWidth)
    let visible = visibility(rows, schedule, firstQuery: first, cache)
    attention.attend(
      queries: queries, to: cache.entries, offsets: cache.offsets, keyCount: cache.count,
      mask: mask(rows, schedule, firstQuery: first, visible), into: attended, workers)  // [n x H dh]
    let attentionRows =
      watched == 0
      ? nil
      : attention.rows(
        of: queries[rows: count - watched..<count], over: cache.entries, offsets: cache.offsets,
        visibleKeys: (count - watched..<count).map { visible?.ends?[$0] ?? first + $0 + 1 },
        window: visible?.window?.suffix(watched), keyCount: cache.count, workers)
    applyGates(of: fused, to: attended, workers)
    output.multiply(attended, into: given, accumulating: true, workers)  // [n x d]
    if let outputBias { given.add(outputBias, workers) }
    return attentionRows
  }

  /// The same for the tokens of a step, each of which is alone with its cache.
  func step(
    layer: Int, _ step: SequenceStep, into given: MatrixView, _ workspace: DecoderWorkspace,
    _ workers: Workers
  ) {
    let hidden = step.hidden  // [n x d]
    let fused = project(hidden, rowByRow: true, workspace, workers)
    let attended = workspace.mixed(step.count, columns: queryWidth)
    for index in 0..<step.count {
      let row = fused[rows: index..<index + 1]
      // A scheme that grows with the sequence has other angles for each.
      rotary(workspace).rotate(
        row[columns: rotated], position: step.positions[index], headWidth: shape.headWidth)
      grow(row, at: step.positions[index])
      let memories = step.caches[index].layers
      let cache = LayerCache.of(memories[entryLayer])
      if shape.ownsEntries {
        cache.append(keys: keys(of: row), values: values(of: row), visual: 0, workers) { _ in
          Int(step.positions[index].temporal)
        }
      } else {
        (memories[layer] as? SharedEntries)?.follow(cache)
      }
      attention.attend(
        queries: row[columns: 0..<queryWidth], to: cache.entries, offsets: cache.offsets,
        keyCount: cache.count, mask: mask(of: step.positions[index], cache),
        into: attended[rows: index..<index + 1], workers)  // [1 x H dh]
    }
    applyGates(of: fused, to: attended, workers)
    output.multiply(attended, into: given, accumulating: true, rowByRow: true, workers)  // [n x d]
    if let outputBias { given.add(outputBias, workers) }
  }

  /// Scales the queries of a row as its position asks for.
  private func grow(_ fused: MatrixView, at position: RotaryPosition) {
    guard model.queryGrowth > 0 else { return }
    let lengths = Int(position.temporal) / model.queryGrowthLength
    guard lengths > 0 else { return }
    fused[columns: 0..<queryWidth].scale(by: 1 + Float(model.queryGrowth) * logf(Float(1 + lengths)))
  }

  private func keys(of fused: MatrixView) -> MatrixView {
    fused[columns: queryWidth..<queryWidth + keyWidth]
  }

  private func values(of fused: MatrixView) -> MatrixView {
    fused[columns: queryWidth + keyWidth..<queryWidth + 2 * keyWidth]
  }

  /// Multiplies what attention gives by what its gates let through, where it has some.
  private func applyGates(of fused: MatrixView, to attended: MatrixView, _ workers: Workers) {
    guard shape.isGated else { return }
    attended.multiply(bySigmoidOf: fused[columns: shape.fusedRows - queryWidth..<shape.fusedRows], workers)
  }

  /// Queries, keys and values of some rows, and gates where there are some, `[n x fusedRows]`, not rotated yet.
  private func project(
    _ hidden: MatrixView, rowByRow: Bool = false, _ workspace: DecoderWorkspace, _ workers: Workers
  ) -> MatrixView {
    let epsilon = Float(model.normEpsilon)
    let normed = workspace.normed(hidden.rows)
    let fused = workspace.fused(hidden.rows, columns: shape.fusedRows)
    hidden.rmsNorm(norm, epsilon: epsilon, into: normed, workers)
    qkv.multiply(normed, into: fused, rowByRow: rowByRow, workers)
    if let qkvBias { fused.add(qkvBias, workers) }
    if let queryNorm { fused[columns: 0..<queryWidth].rmsNormHeads(queryNorm, epsilon: epsilon, workers) }
    if let keyNorm { keys(of: fused).rmsNormHeads(keyNorm, epsilon: epsilon, workers) }
    if let valueNorm { values(of: fused).rmsNormHeads(valueNorm, epsilon: epsilon, workers) }
    return fused
  }

  private func rotary(_ workspace: DecoderWorkspace) -> RotaryTable {
    window == nil ? workspace.rotary : workspace.windowRotary ?? workspace.rotary
  }

  private func mask(
    _ rows: TokenRows, _ schedule: LayerSchedule, firstQuery: Int, _ visible: KeyVisibility?
  ) -> AttentionMask {
    if let visible { return .visible(visible) }
    guard let ordinals = hollowOrdinals(rows, schedule, firstQuery: firstQuery) else {
      return .causal(firstQuery: firstQuery)
    }
    return .hollow(ordinals: ordinals, window: schedule.attentionWindow ?? 0)
  }

  /// The mask of a token behind all entries.
  private func mask(of position: RotaryPosition, _ cache: LayerCache) -> AttentionMask {
    let first = cache.count - 1
    guard let window, let positions = cache.positions else { return .causal(firstQuery: first) }
    var visible = KeyVisibility(firstQuery: first)
    visible.window = KeyWindow(keys: positions, queries: .one(Int(position.temporal)), width: window)
    return .visible(visible)
  }

  /// What rows see where that is more or less than what comes before them; `nil` for causal and hollow attention.
  private func visibility(
    _ rows: TokenRows, _ schedule: LayerSchedule, firstQuery: Int, _ cache: LayerCache
  ) -> KeyVisibility? {
    var visible = KeyVisibility(firstQuery: firstQuery)
    if seesWholePictures, rows.visualCount > 0, firstQuery == 0 {
      var ends = (0..<rows.count).map { $0 + 1 }
      for run in rows.visualRuns { for row in run { ends[row] = run.upperBound } }
      visible.ends = ends
    }
    if let window, let positions = cache.positions {
      let view = KeyWindow(
        keys: positions, queries: .each(rows.positions.map { Int($0.temporal) }), width: window)
      if view.hidesAny(heads: shape.keyValueHeads, of: cache.count) { visible.window = view }
    }
    guard visible.ends != nil || visible.window != nil else { return nil }
    if let ordinals = hollowOrdinals(rows, schedule, firstQuery: firstQuery) {
      visible.hollow = (ordinals, schedule.attentionWindow ?? 0)
    }
    return visible
  }

  private func hollowOrdinals(
    _ rows: TokenRows, _ schedule: LayerSchedule, firstQuery: Int
  ) -> [Int32]? {
    guard firstQuery == 0, let window = schedule.attentionWindow, rows.visualCount > window else {
      return nil
    }
    return rows.ordinals
  }
}

extension LayerCache {
  /// The cache of a layer with attention: whoever makes a sequence's memories gives it one.
  static func of(_ memory: any LayerMemory) -> LayerCache {
    guard let cache = memory as? LayerCache else { preconditionFailure("the layer has no keys and values") }
    return cache
  }
}
