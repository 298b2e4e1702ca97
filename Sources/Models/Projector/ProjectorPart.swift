import Compute
import Plan

/// A projector of some of a tower's features.
struct ProjectorPart: Sendable {
  private let merge: Int
  private let pools: Bool
  private let normsPatches: Bool
  private let norm: VisionNorm?
  private let former: QFormer?
  private let first: WeightMatrix
  private let firstBias: WeightVector?
  private let second: WeightMatrix?
  private let secondBias: WeightVector?
  private let activation: ElementwiseFunction

  init(
    _ projector: ProjectorModel, inputWidth: Int, normWidth: Int, normsPatches: Bool, place: Int,
    outputWidth: Int, weights: some ModelWeights, _ name: (String) -> String
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
    former =
      projector.qformer.isThere
      ? try QFormer(projector.qformer, place: place, width: inputWidth, weights: weights, name) : nil
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
    var (merged, places) =
      former?.tokens(of: features, workers)
      ?? (pools ? features.pooled(by: merge) : features.merged(by: merge))
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
