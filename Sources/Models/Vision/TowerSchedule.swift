import Plan

/// What a tower does at the settings of an operating point.
struct TowerSchedule {
  /// Layers that run.
  let layers: Int
  /// Neurons of each layer's FFN that are used, `nil` for all.
  let neurons: [Int?]
  /// Where tokens leave, if any do.
  let pruning: TowerPruning?
  /// Boundaries whose rows are read, deep ones last; those of layers that do not run are read behind the last one that does.
  let featureLayers: [Int]

  init(_ settings: PictureSettings, for model: VisionModel) {
    let layers = max(0, model.layers - (settings.towerDepth?.skippedLayers ?? 0))
    self.layers = layers
    let reduction = settings.towerReduction
    neurons = (0..<layers).map { layer in
      guard let reduction, reduction.layers.contains(layer), reduction.neuronShare < 1 else { return nil }
      return NeuronReduction.leadingCount(share: reduction.neuronShare, of: model.feedForwardWidth)
    }
    // All of the tokens are as good as no choice; tokens that are put back behind the last layer are as if they had stayed.
    pruning = settings.towerPruning.flatMap { pruning in
      pruning.keepRatio < 1 && (pruning.layer < layers || !pruning.putsBack) ? pruning : nil
    }
    featureLayers = (model.featureLayers + model.deepLayers).map { min($0, layers) }
  }
}
