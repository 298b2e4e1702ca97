public import Compute
public import Plan

/// A vision transformer: patches, perhaps a class token, positions, then pre-norm layers.
///
/// CLIP, SigLIP, InternViT and Qwen's towers are settings of it. Only the layers up to the last one whose output is
/// read are stored and run.
public struct VisionTower: Sendable {
  private let model: VisionModel
  private let embedding: PatchEmbedding
  private let frequencies: [Float]
  private let inputNorm: VisionNorm?
  private let layers: [VisionLayer]
  private let merger: TowerMerger?
  private let outputNorm: VisionNorm?
  private let residency: (any WeightResidency)?

  /// Binds the tower's tensors. `residency` is told which layer runs.
  public init(
    _ model: VisionModel, weights: some ModelWeights, residency: (any WeightResidency)? = nil
  ) throws(ModelError) {
    self.model = model
    self.residency = residency
    embedding = try PatchEmbedding(model, weights: weights)
    frequencies =
      model.positions == .rotary
      ? try weights.vector("vision/rope_inverse_frequencies", count: model.rotaryFrequencies).elements : []
    inputNorm =
      model.inputNorm
      ? try VisionNorm(
        model.norm, "vision/input_norm", width: model.width, epsilon: model.normEpsilon, weights: weights)
      : nil
    var layers: [VisionLayer] = []
    for layer in 0..<model.layers { layers.append(try VisionLayer(model, layer: layer, weights: weights)) }
    self.layers = layers
    merger = model.merger.layer > 0 ? try TowerMerger(model, weights: weights) : nil
    outputNorm =
      model.outputNorm
      ? try VisionNorm(
        .layerNorm, "vision/output_norm", width: model.width, epsilon: model.normEpsilon, weights: weights)
      : nil
  }

  /// Features of some inputs, which go through the tower together, at the settings of an operating point.
  ///
  /// - Parameters:
  ///   - inputs: pictures or tiles; normalisation is part of the embedding.
  ///   - settings: how much of the tower runs.
  ///   - merge: patches along each side that the projector makes one token of.
  ///   - willRunLayer: called before each layer; may throw to stop.
  public func encode<Failure: Error>(
    _ inputs: [TowerInput], at settings: PictureSettings = .dense, merge: Int = 1, _ workers: Workers,
    willRunLayer: () throws(Failure) -> Void
  ) throws(Failure) -> [TowerFeatures] {
    var batch = embed(inputs, workers)
    return try run(&batch, TowerSchedule(settings, for: model), merge: merge, workers, willRunLayer)
  }

  /// The same of one input, all of it through all of the tower.
  public func encode(_ input: TowerInput, _ workers: Workers) -> TowerFeatures {
    encode([input], workers) {}[0]
  }

  /// Each FFN neuron's sum of magnitudes over the patches of one picture or tile, `[layers][neurons]`.
  public func neuronMagnitudes(_ input: TowerInput, _ workers: Workers) -> [[Float]] {
    var batch = embed([input], workers)
    var magnitudes: [[Float]] = []
    _ = run(&batch, TowerSchedule(.dense, for: model), merge: 1, workers, {}) { active in
      let sums = MatrixView(rows: 1, columns: active.columns)
      active.addMagnitudes(to: sums)
      magnitudes.append(sums.row(0))
    }
    return magnitudes
  }

  private func embed(_ inputs: [TowerInput], _ workers: Workers) -> TowerBatch {
    let rows = inputs.map { input in
      precondition(
        model.imageSize == 0 || (input.height == model.imageSize && input.width == model.imageSize))
      let grid = PatchGrid(rows: input.height / model.patchSize, columns: input.width / model.patchSize)
      return TowerRows(
        windowed: grid.windows(side: model.window, keeping: input.counts.map { $0.map { $0 > 0 } }),
        counts: input.counts, leading: embedding.leading, grid: grid)
    }
    let hidden = embedding.embed(inputs, rows, workers)
    inputNorm?.apply(hidden, into: hidden, workers)
    return TowerBatch(hidden: hidden, inputs: rows)
  }

  /// Runs the layers of a schedule over embedded rows; `didActivate` is shown the neurons of each layer's FFN, of all rows.
  private func run<Failure: Error>(
    _ batch: inout TowerBatch, _ schedule: TowerSchedule, merge: Int, _ workers: Workers,
    _ willRunLayer: () throws(Failure) -> Void, didActivate: ((MatrixView) -> Void)? = nil
  ) throws(Failure) -> [TowerFeatures] {
    let fixed = max(embedding.leading, model.dropsFirstToken ? 1 : 0)
    let pruner = schedule.pruning.map { pruning in
      // What a merger joins leaves together.
      let joined = pruning.layer < model.merger.layer ? model.merger.side : 1
      return TowerPruner(pruning, merge: joined * merge, fixed: fixed)
    }
    let rotation =
      model.positions == .rotary
      ? PatchRotation(frequencies: model.axisFrequencies ? frequencies : frequencies + frequencies, batch)
      : nil
    let whole = VisionWorkspace(
      model, rows: batch.hidden.rows, longest: batch.inputs.map(\.count).max() ?? 0,
      isReducedPrecision: layers.first?.attention.isReducedPrecision ?? false,
      threads: didActivate == nil && layers.allSatisfy(\.isReducedPrecision) ? workers.count : nil)
    var features = FeatureCollector(model, schedule)
    features.collect(batch, boundary: 0)
    for (index, layer) in layers.prefix(schedule.layers).enumerated() {
      try willRunLayer()
      residency?.willRun(.towerLayer(index))
      if let pruner, schedule.pruning?.layer == index { batch.prune(by: pruner, workers) }
      let isFull = model.fullAttentionLayers.contains(index)
      layer.forward(
        batch.hidden, segments: batch.segments(isFull: isFull), rotation: rotation?.of(batch),
        offsets: batch.scoreOffsets, neurons: schedule.neurons[index], whole[rows: batch.hidden.rows],
        workers,
        watching: didActivate)
      if let merger, index + 1 == model.merger.layer { batch.merge(by: merger, workers) }
      let isLast = index + 1 == schedule.layers
      if isLast, let pruner, schedule.pruning.map({ $0.layer > index }) ?? false {
        batch.prune(by: pruner, workers)
      }
      if isLast { outputNorm?.apply(batch.hidden, into: batch.hidden, workers) }
      features.collect(batch, boundary: index + 1)
    }
    return features.finish(batch, first: model.dropsFirstToken ? 1 : 0)
  }
}
