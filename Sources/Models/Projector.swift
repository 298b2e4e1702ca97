public import Compute
public import PlanFormat

/// The connector of LLaVA: two linear layers with an activation between them, tower width to decoder width.
public struct Projector: Sendable {
  private let first: WeightMatrix
  private let firstBias: WeightVector?
  private let second: WeightMatrix
  private let secondBias: WeightVector?
  private let activation: ElementwiseFunction

  /// Binds the projector's tensors.
  public init(_ model: ModelDescription, weights: some ModelWeights) throws(ModelError) {
    let projector = model.projector
    let hidden = projector.hiddenWidth
    first = try weights.matrix("projector/linear_1", rows: hidden, columns: model.vision.width)
    second = try weights.matrix("projector/linear_2", rows: model.text.width, columns: hidden)
    firstBias = projector.bias ? try weights.vector("projector/linear_1_bias", count: hidden) : nil
    secondBias = projector.bias ? try weights.vector("projector/linear_2_bias", count: model.text.width) : nil
    activation = projector.activation.function
  }

  /// Visual tokens of the decoder's width, `[n x width]`, from tower features, `[n x tower width]`.
  public func project(_ features: Matrix, _ workers: Workers) -> Matrix {
    let hidden = Matrix(rows: features.rows, columns: first.rows)
    first.multiply(features, into: hidden, workers)
    if let firstBias { hidden.add(firstBias) }
    hidden.activate(activation, workers)
    let tokens = Matrix(rows: features.rows, columns: second.rows)
    second.multiply(hidden, into: tokens, workers)
    if let secondBias { tokens.add(secondBias) }
    return tokens
  }
}
