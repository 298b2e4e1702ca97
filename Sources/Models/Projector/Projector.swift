public import Compute
public import Plan

/// The connector: neighbouring patches merged, or read by a querying transformer, a norm, one or two linear layers, tower width
/// to decoder width.
///
/// What the decoder gets of the tower's deep layers goes through projectors of the same form.
public struct Projector: Sendable {
  private let vision: VisionModel
  private let width: Int
  private let main: ProjectorPart
  private let merger: WeightMatrix?
  /// Factor and offset of each feature before the norm.
  private let standard: (scale: WeightVector, offset: WeightVector)?
  private let deep: [ProjectorPart]
  /// The row that ends a row of patches, if the model has one.
  public let newline: WeightVector?
  private let residency: (any WeightResidency)?

  /// Binds the projector's tensors. `residency` is told when it runs.
  public init(
    _ model: ModelDescription, weights: some ModelWeights, residency: (any WeightResidency)? = nil
  ) throws(ModelError) {
    self.residency = residency
    vision = model.vision
    let projector = model.projector
    width = model.text.width
    main = try ProjectorPart(
      projector, inputWidth: projector.firstWidth(vision), normWidth: projector.normWidth(vision),
      normsPatches: projector.normsPatches, place: 0, outputWidth: width, weights: weights
    ) { "projector/\($0)" }
    let inputWidth = projector.inputWidth(vision)
    merger =
      projector.merger
      ? try weights.matrix("projector/merger", rows: vision.featureWidth, columns: inputWidth) : nil
    standard =
      projector.standardizes
      ? (
        try weights.vector("projector/feature_scale", count: inputWidth),
        try weights.vector("projector/feature_offset", count: inputWidth)
      ) : nil
    var deep: [ProjectorPart] = []
    for index in vision.deepLayers.indices {
      let merged = projector.deepWidth(vision)
      deep.append(
        try ProjectorPart(
          projector, inputWidth: merged, normWidth: merged, normsPatches: projector.qformer.isThere,
          place: index + 1, outputWidth: width, weights: weights
        ) { ProjectorModel.deepWeight(index, $0) })
    }
    self.deep = deep
    newline = projector.newline ? try weights.vector("projector/newline", count: width) : nil
  }

  /// Visual tokens, `[n / merge^2 x width]`, from the features of an input of the tower, and their places on the grid of
  /// tokens, ascending. Behind a token's own columns stand `width` more for each deep layer.
  ///
  /// Without a merge, features before those of patches are tokens without a place, and come first.
  public func project(_ features: TowerFeatures, _ workers: Workers) -> (tokens: MatrixView, places: [Int]) {
    residency?.willRun(.projector)
    if deep.isEmpty { return main.project(features, nil, standard: standard, merger: merger, workers) }
    let own = vision.featureWidth
    let parts =
      [features.columns(0..<own)]
      + deep.indices.map { features.columns(own + $0 * vision.width..<own + ($0 + 1) * vision.width) }
    var tokens: MatrixView?
    var places: [Int] = []
    for (index, (part, projector)) in zip(parts, [main] + deep).enumerated() {
      (tokens, places) = projector.project(part, tokens, workers, place: index, of: parts.count)
    }
    return (tokens ?? MatrixView(rows: 0, columns: width), places)
  }
}
