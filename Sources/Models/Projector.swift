public import Compute
public import Plan

/// The connector: neighbouring patches merged, a norm, one or two linear layers, tower width to decoder width.
public struct Projector: Sendable {
  private let merge: Int
  private let normsPatches: Bool
  private let norm: VisionNorm?
  private let first: WeightMatrix
  private let firstBias: WeightVector?
  private let second: WeightMatrix?
  private let secondBias: WeightVector?
  private let activation: ElementwiseFunction
  /// The row that ends a row of patches, if the model has one.
  public let newline: WeightVector?
  private let residency: (any WeightResidency)?

  /// Binds the projector's tensors. `residency` is told when it runs.
  public init(
    _ model: ModelDescription, weights: some ModelWeights, residency: (any WeightResidency)? = nil
  ) throws(ModelError) {
    self.residency = residency
    let projector = model.projector
    let output = model.text.width
    let hidden = projector.hiddenWidth > 0 ? projector.hiddenWidth : output
    merge = projector.merge
    normsPatches = projector.normsPatches
    let kind: Norm? =
      switch projector.norm {
      case .none: nil
      case .layerNorm: .layerNorm
      case .rmsNorm: .rmsNorm
      }
    norm =
      if let kind {
        try VisionNorm(
          kind, "projector/norm", width: projector.normWidth(model.vision), epsilon: projector.normEpsilon,
          weights: weights)
      } else { nil }
    first = try weights.matrix(
      "projector/linear_1", rows: hidden, columns: projector.inputWidth(model.vision))
    firstBias = projector.bias ? try weights.vector("projector/linear_1_bias", count: hidden) : nil
    let isDeep = projector.hiddenWidth > 0
    second = isDeep ? try weights.matrix("projector/linear_2", rows: output, columns: hidden) : nil
    secondBias =
      isDeep && projector.bias ? try weights.vector("projector/linear_2_bias", count: output) : nil
    activation = projector.activation.function
    newline = projector.newline ? try weights.vector("projector/newline", count: output) : nil
  }

  /// Visual tokens, `[n / merge^2 x width]`, from the features of an input of the tower, and their places on the grid of
  /// tokens, ascending.
  ///
  /// Without a merge, features before those of patches are tokens without a place, and come first.
  public func project(_ features: TowerFeatures, _ workers: Workers) -> (tokens: MatrixView, places: [Int]) {
    residency?.willRun(.projector)
    if normsPatches { norm?.apply(features.rows, into: features.rows, workers) }
    let (merged, places) = features.merged(by: merge)
    if !normsPatches { norm?.apply(merged, into: merged, workers) }
    let hidden = MatrixView(rows: merged.rows, columns: first.rows)
    first.multiply(merged, into: hidden, workers)
    if let firstBias { hidden.add(firstBias, workers) }
    guard let second else { return (hidden, places) }
    hidden.activate(activation, workers)
    let tokens = MatrixView(rows: merged.rows, columns: second.rows)
    second.multiply(hidden, into: tokens, workers)
    if let secondBias { tokens.add(secondBias, workers) }
    return (tokens, places)
  }
}
