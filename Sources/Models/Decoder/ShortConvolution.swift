import Compute
import Plan

/// RMSNorm and a gated short convolution over the tokens (LFM2): `(C * conv(B * x)) Wo` with `[B, C, x] = norm(h) Wi`.
struct ShortConvolution: Sendable {
  private let width: Int
  private let epsilon: Float
  private let norm: WeightVector
  private let input: WeightMatrix
  private let inputBias: WeightVector?
  private let convolution: CausalConvolution
  private let output: WeightMatrix
  private let outputBias: WeightVector?

  init(_ model: TextModel, layer: Int, weights: some ModelWeights) throws(ModelError) {
    let width = model.width
    self.width = width
    epsilon = Float(model.normEpsilon)
    func vector(_ part: String, _ count: Int) throws(ModelError) -> WeightVector {
      try weights.vector(TextModel.layerWeight(layer, part), count: count)
    }
    func matrix(_ part: String, _ rows: Int) throws(ModelError) -> WeightMatrix {
      try weights.matrix(TextModel.layerWeight(layer, part), rows: rows, columns: width)
    }
    let hasBias = model.convolutionBias
    norm = try vector("convolution_norm", width)
    input = try matrix("convolution_input", 3 * width)
    inputBias = hasBias ? try vector("convolution_input_bias", 3 * width) : nil
    convolution = CausalConvolution(
      filter: try matrix("convolution_filter", model.convolutionTaps),
      bias: hasBias ? try vector("convolution_filter_bias", width) : nil)
    output = try matrix("convolution_output", width)
    outputBias = hasBias ? try vector("convolution_output_bias", width) : nil
  }

  /// Adds the convolution of some rows to `given`; `state` has the rows before them, and then these.
  func forward(
    _ rows: TokenRows, state: RecurrentState, into given: MatrixView, _ workspace: DecoderWorkspace,
    _ workers: Workers
  ) {
    let hidden = rows.hidden  // [n x d]
    let fused = project(hidden, workspace, workers)
    let mixed = workspace.mixed(rows.count, columns: width)
    mix(fused, state, question: rows.questionCount, into: mixed, workers)
    output.multiply(mixed, into: given, accumulating: true, workers)  // [n x d]
    if let outputBias { given.add(outputBias, workers) }
  }

  /// The same for the tokens of a step, each of which is alone with its state.
  func step(
    layer: Int, _ step: SequenceStep, into given: MatrixView, _ workspace: DecoderWorkspace,
    _ workers: Workers
  ) {
    let hidden = step.hidden  // [n x d]
    let fused = project(hidden, rowByRow: true, workspace, workers)
    let mixed = workspace.mixed(step.count, columns: width)
    for index in 0..<step.count {
      let row = index..<index + 1
      mix(
        fused[rows: row], .of(step.caches[index].layers[layer]), question: 0, into: mixed[rows: row], workers)
    }
    output.multiply(mixed, into: given, accumulating: true, rowByRow: true, workers)  // [n x d]
    if let outputBias { given.add(outputBias, workers) }
  }

  /// The gate before the filter, the gate behind it, and what is filtered, `[n x 3 d]`.
  private func project(
    _ hidden: MatrixView, rowByRow: Bool = false, _ workspace: DecoderWorkspace, _ workers: Workers
  ) -> MatrixView {
    let normed = workspace.normed(hidden.rows)
    let fused = workspace.fused(hidden.rows, columns: 3 * width)
    hidden.rmsNorm(norm, epsilon: epsilon, into: normed, workers)
    input.multiply(normed, into: fused, rowByRow: rowByRow, workers)
    if let inputBias { fused.add(inputBias, workers) }
    return fused
  }

  private func mix(
    _ fused: MatrixView, _ state: RecurrentState, question: Int, into mixed: MatrixView, _ workers: Workers
  ) {
    let filtered = fused[columns: 2 * width..<3 * width]
    filtered.multiply(by: fused[columns: 0..<width], workers)
    convolution.apply(filtered, behind: state.rows, into: mixed, workers)
    state.append(filtered, question: question)
    mixed.multiply(by: fused[columns: width..<2 * width], workers)
  }
}

extension RecurrentState {
  /// The state of a layer that reads its rows one after the other: whoever makes a sequence's memories gives it one.
  static func of(_ memory: any LayerMemory) -> RecurrentState {
    guard let state = memory as? RecurrentState else { preconditionFailure("the layer has no state") }
    return state
  }
}
