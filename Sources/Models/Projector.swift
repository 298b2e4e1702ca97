public import Compute
public import Plan

/// The connector: neighbouring patches merged, a norm, one or two linear layers, tower width to decoder width.
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
      normsPatches: projector.normsPatches, outputWidth: width, weights: weights
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
      let merged = vision.width * projector.merge * projector.merge
      deep.append(
        try ProjectorPart(
          projector, inputWidth: merged, normWidth: merged, normsPatches: false, outputWidth: width,
          weights: weights
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

/// A projector of some of a tower's features.
private struct ProjectorPart: Sendable {
  private let merge: Int
  private let pools: Bool
  private let normsPatches: Bool
  private let norm: VisionNorm?
  private let first: WeightMatrix
  private let firstBias: WeightVector?
  private let second: WeightMatrix?
  private let secondBias: WeightVector?
  private let activation: ElementwiseFunction

  init(
    _ projector: ProjectorModel, inputWidth: Int, normWidth: Int, normsPatches: Bool, outputWidth: Int,
    weights: some ModelWeights, _ name: (String) -> String
  ) throws(ModelError) {
    let hidden = projector.hiddenWidth > 0 ? projector.hiddenWidth : outputWidth
    merge = projector.merge
    pools = projector.pools
    self.normsPatches = normsPatches
    let kind: Norm? =
      switch projector.norm {
      case .none: nil
      case .layerNorm: .layerNorm
      case .rmsNorm: .rmsNorm
      }
    norm =
      if let kind {
        try VisionNorm(
          kind, name("norm"), width: normWidth, epsilon: projector.normEpsilon, weights: weights)
      } else { nil }
    first = try weights.matrix(name("linear_1"), rows: hidden, columns: inputWidth)
    firstBias = projector.bias ? try weights.vector(name("linear_1_bias"), count: hidden) : nil
    let isDeep = projector.hiddenWidth > 0
    second = isDeep ? try weights.matrix(name("linear_2"), rows: outputWidth, columns: hidden) : nil
    secondBias =
      isDeep && projector.bias ? try weights.vector(name("linear_2_bias"), count: outputWidth) : nil
    activation = projector.activation.function
  }

  /// Tokens of some features, in columns of their own of what other parts have made, or of a new matrix.
  func project(
    _ features: TowerFeatures, _ shared: MatrixView?,
    standard: (scale: WeightVector, offset: WeightVector)? = nil, merger: WeightMatrix? = nil,
    _ workers: Workers, place: Int = 0,
    of count: Int = 1
  ) -> (tokens: MatrixView, places: [Int]) {
    if normsPatches { norm?.apply(features.rows, into: features.rows, workers) }
    var (merged, places) = pools ? features.pooled(by: merge) : features.merged(by: merge)
    if let merger {
      let patches = MatrixView(rows: merged.rows, columns: merger.rows)
      merger.multiply(merged, into: patches, workers)
      merged = patches
    }
    if let standard {
      merged.multiply(byVector: standard.scale, workers)
      merged.add(standard.offset, workers)
    }
    if !normsPatches { norm?.apply(merged, into: merged, workers) }
    let width = (second ?? first).rows
    let tokens = shared ?? MatrixView(rows: merged.rows, columns: count * width)
    let own = tokens[columns: place * width..<(place + 1) * width]
    let hidden = second == nil ? own : MatrixView(rows: merged.rows, columns: first.rows)
    first.multiply(merged, into: hidden, workers)
    if let firstBias { hidden.add(firstBias, workers) }
    guard let second else { return (tokens, places) }
    hidden.activate(activation, workers)
    second.multiply(hidden, into: own, workers)
    if let secondBias { own.add(secondBias, workers) }
    return (tokens, places)
  }
}
