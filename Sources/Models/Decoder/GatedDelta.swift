import Compute
import Plan

/// RMSNorm and a gated delta rule over the tokens (Qwen3.5): `(norm(rule(conv([q, k, v]))) * silu(z)) Wo` with
/// `[q, k, v, z] = norm(h) Wi`.
struct GatedDelta: Sendable {
  private let sizes: DeltaModel
  private let epsilon: Float
  private let activation: ElementwiseFunction
  private let norm: WeightVector
  private let input: WeightMatrix
  private let rates: WeightMatrix
  private let convolution: CausalConvolution
  private let rule: GatedDeltaRule
  private let outputNorm: WeightVector
  private let output: WeightMatrix

  init(_ model: TextModel, layer: Int, weights: some ModelWeights) throws(ModelError) {
    let (width, sizes) = (model.width, model.delta)
    self.sizes = sizes
    epsilon = Float(model.normEpsilon)
    activation = model.activation.function
    func vector(_ part: String, _ count: Int) throws(ModelError) -> WeightVector {
      try weights.vector(TextModel.layerWeight(layer, part), count: count)
    }
    func matrix(_ part: String, _ rows: Int, _ columns: Int) throws(ModelError) -> WeightMatrix {
      try weights.matrix(TextModel.layerWeight(layer, part), rows: rows, columns: columns)
    }
    norm = try vector("delta_norm", width)
    input = try matrix("delta_input", sizes.inputRows, width)
    rates = try matrix("delta_rates", sizes.rateRows, width)
    convolution = CausalConvolution(
      filter: try matrix("delta_filter", sizes.taps, sizes.channels), bias: nil)
    rule = GatedDeltaRule(
      keyHeads: sizes.keyHeads, valueHeads: sizes.valueHeads, keyWidth: sizes.keyWidth,
      valueWidth: sizes.valueWidth, decay: try vector("delta_decay", sizes.valueHeads),
      bias: try vector("delta_decay_bias", sizes.valueHeads))
    outputNorm = try vector("delta_output_norm", sizes.valueWidth)
    output = try matrix("delta_output", width, sizes.valueColumns)
  }

  /// Adds what the rule gives for some rows to `given`; `state` has read the rows before them, and then these.
  func forward(
    _ rows: TokenRows, state: RecurrentState, into given: MatrixView, _ workspace: DecoderWorkspace,
    _ workers: Workers
  ) {
    let fused = project(rows.hidden, workspace, workers)
    let mixed = workspace.mixed(rows.count, columns: sizes.channels)
    let before = rows.count - rows.questionCount
    if rows.questionCount > 0, before > 0 {
      read(fused[rows: 0..<before], state, into: mixed[rows: 0..<before], workers)
      state.save()
      read(fused[rows: before..<rows.count], state, into: mixed[rows: before..<rows.count], workers)
    } else {
      read(fused, state, into: mixed, workers)
    }
    add(mixed, fused, to: given, rowByRow: false, workers)
  }

  /// The same for the tokens of a step, each of which is alone with its state.
  func step(
    layer: Int, _ step: SequenceStep, into given: MatrixView, _ workspace: DecoderWorkspace,
    _ workers: Workers
  ) {
    let fused = project(step.hidden, rowByRow: true, workspace, workers)
    let mixed = workspace.mixed(step.count, columns: sizes.channels)
    for index in 0..<step.count {
      let row = index..<index + 1
      read(fused[rows: row], .of(step.caches[index].layers[layer]), into: mixed[rows: row], workers)
    }
    add(mixed, fused, to: given, rowByRow: true, workers)
  }

  /// Queries, keys, values, gates of the output, and projections to the rates, `[n x (2 hk dk + 2 hv dv + 2 hv)]`.
  private func project(
    _ hidden: MatrixView, rowByRow: Bool = false, _ workspace: DecoderWorkspace, _ workers: Workers
  ) -> MatrixView {
    let normed = workspace.normed(hidden.rows)
    let fused = workspace.fused(hidden.rows, columns: sizes.inputRows + sizes.rateRows)
    hidden.rmsNorm(norm, epsilon: epsilon, into: normed, workers)
    input.multiply(normed, into: fused[columns: 0..<sizes.inputRows], rowByRow: rowByRow, workers)
    rates.multiply(normed, into: fused[columns: ratesColumns], rowByRow: rowByRow, workers)
    return fused
  }

  private var ratesColumns: Range<Int> { sizes.inputRows..<sizes.inputRows + sizes.rateRows }

  /// Filters rows and reads them into the state; what the heads give is then in the columns of values.
  private func read(
    _ fused: MatrixView, _ state: RecurrentState, into mixed: MatrixView, _ workers: Workers
  ) {
    let filtered = fused[columns: 0..<sizes.channels]
    convolution.apply(filtered, behind: state.rows, into: mixed, workers)
    state.append(filtered)
    mixed.activate(activation, workers)
    rule.apply(mixed, rates: fused[columns: ratesColumns], to: state.memory, workers)
  }

  private func add(
    _ mixed: MatrixView, _ fused: MatrixView, to given: MatrixView, rowByRow: Bool, _ workers: Workers
  ) {
    let heads = mixed[columns: rule.valueColumns]  // [n x hv dv]
    let gates = fused[columns: sizes.channels..<sizes.inputRows]
    heads.rmsNormHeads(outputNorm, epsilon: epsilon, workers)
    gates.activate(.silu, workers)
    heads.multiply(by: gates, workers)
    output.multiply(heads, into: given, accumulating: true, rowByRow: rowByRow, workers)  // [n x d]
  }
}
