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
  private let outputNorm: VisionNorm?

  /// Binds the tower's tensors.
  public init(_ model: VisionModel, weights: some ModelWeights) throws(ModelError) {
    self.model = model
    embedding = try PatchEmbedding(model, weights: weights)
    frequencies =
      model.positions == .rotary
      ? try weights.vector("vision/rope_inverse_frequencies", count: model.width / model.heads / 4).elements
      : []
    inputNorm =
      model.inputNorm
      ? try VisionNorm(
        model.norm, "vision/input_norm", width: model.width, epsilon: model.normEpsilon, weights: weights)
      : nil
    var layers: [VisionLayer] = []
    for layer in 0..<model.layers { layers.append(try VisionLayer(model, layer: layer, weights: weights)) }
    self.layers = layers
    outputNorm =
      model.outputNorm
      ? try VisionNorm(
        .layerNorm, "vision/output_norm", width: model.width, epsilon: model.normEpsilon, weights: weights)
      : nil
  }

  /// Features of one picture or tile, at the settings of an operating point.
  ///
  /// - Parameters:
  ///   - pixels: `[height x width x 3]` bytes of whole patches (a tower of a fixed size: of that size); normalisation is
  ///     part of the embedding.
  ///   - isKept: for each patch whether it enters the tower at all; `nil` for all of them.
  ///   - settings: how much of the tower runs.
  ///   - merge: patches along each side that the projector makes one token of.
  ///   - willRunLayer: called before each layer; may throw to stop.
  public func encode<Failure: Error>(
    pixels: [UInt8], height: Int, width: Int, keeping isKept: [Bool]? = nil,
    at settings: PictureSettings = .dense,
    merge: Int = 1, _ workers: Workers, willRunLayer: () throws(Failure) -> Void
  ) throws(Failure) -> TowerFeatures {
    let grid = PatchGrid(rows: height / model.patchSize, columns: width / model.patchSize)
    precondition(model.imageSize == 0 || (height == model.imageSize && width == model.imageSize))
    let windows = grid.windows(side: model.window, keeping: isKept)
    let hidden = embedding.embed(pixels, width: width, grid, patches: windows.order, workers)
    inputNorm?.apply(hidden, into: hidden, workers)
    var rows = TowerRows(hidden: hidden, windowed: windows, grid: grid)
    return try run(&rows, TowerSchedule(settings, for: model), merge: merge, workers, willRunLayer) { _, _ in
    }
  }

  /// The same without an end before the end.
  public func encode(pixels: [UInt8], height: Int, width: Int, _ workers: Workers) -> TowerFeatures {
    encode(pixels: pixels, height: height, width: width, workers) {}
  }

  /// Each FFN neuron's sum of magnitudes over the patches of one picture or tile, `[layers][neurons]`.
  public func neuronMagnitudes(pixels: [UInt8], height: Int, width: Int, _ workers: Workers) -> [[Float]] {
    let grid = PatchGrid(rows: height / model.patchSize, columns: width / model.patchSize)
    let windows = grid.windows(side: model.window)
    let hidden = embedding.embed(pixels, width: width, grid, patches: windows.order, workers)
    inputNorm?.apply(hidden, into: hidden, workers)
    var rows = TowerRows(hidden: hidden, windowed: windows, grid: grid)
    var magnitudes: [[Float]] = []
    _ = run(&rows, TowerSchedule(.dense, for: model), merge: 1, workers, {}) { _, active in
      let sums = MatrixView(rows: 1, columns: active.columns)
      active.addMagnitudes(to: sums)
      magnitudes.append(sums.row(0))
    }
    return magnitudes
  }

  /// Runs the layers of a schedule over embedded rows; `didActivate` is shown the neurons of each layer's FFN.
  private func run<Failure: Error>(
    _ rows: inout TowerRows, _ schedule: TowerSchedule, merge: Int, _ workers: Workers,
    _ willRunLayer: () throws(Failure) -> Void, didActivate: (_ layer: Int, _ active: MatrixView) -> Void
  ) throws(Failure) -> TowerFeatures {
    let fixed = max(rows.leading, model.dropsFirstToken ? 1 : 0)
    let pruner = schedule.pruning.map { TowerPruner($0, merge: merge, fixed: fixed) }
    let rotation = model.positions == .rotary ? PatchRotation(frequencies: frequencies, rows) : nil
    let whole = VisionWorkspace(
      model, rows: rows.hidden.rows, isReducedPrecision: layers.first?.attention.isReducedPrecision ?? false)
    var features = FeatureCollector(model, schedule)
    features.collect(rows, boundary: 0)
    for (index, layer) in layers.prefix(schedule.layers).enumerated() {
      try willRunLayer()
      if schedule.pruning?.layer == index { pruner?.prune(&rows, workers) }
      let isFull = model.fullAttentionLayers.contains(index)
      layer.forward(
        rows.hidden, segments: rows.segments(isFull: isFull), rotation: rotation?.of(rows),
        neurons: schedule.neurons[index], whole[rows: rows.hidden.rows], workers
      ) { didActivate(index, $0) }
      let isLast = index + 1 == schedule.layers
      if isLast, let pruning = schedule.pruning, pruning.layer > index { pruner?.prune(&rows, workers) }
      if isLast { outputNorm?.apply(rows.hidden, into: rows.hidden, workers) }
      features.collect(rows, boundary: index + 1)
    }
    return features.finish(rows, first: model.dropsFirstToken ? 1 : 0)
  }
}
