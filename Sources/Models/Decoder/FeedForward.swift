public import Compute
public import Plan

/// The gated FFN of a decoder layer: `(act(x Wg) * (x Wu)) Wd`, all neurons or the probed ones.
public struct FeedForward: Sendable {
  let gateUp: WeightMatrix  // [2m x width], gate rows first
  let gateUpBias: WeightVector?  // [2m]
  let down: WeightMatrix  // [m x width], a row a neuron
  let downBias: WeightVector?  // [width]
  let activation: ElementwiseFunction

  var width: Int { down.columns }
  var neurons: Int { down.rows }

  /// Binds a layer's tensors.
  public init(_ model: TextModel, layer: Int, weights: some ModelWeights) throws(ModelError) {
    let neurons = model.feedForwardWidth(of: layer)
    gateUp = try weights.matrix(
      TextModel.layerWeight(layer, "gate_up"), rows: 2 * neurons, columns: model.width)
    down = try weights.neurons(TextModel.layerWeight(layer, "down"), rows: neurons, columns: model.width)
    let biased = model.feedForwardBias
    gateUpBias =
      biased
      ? try weights.vector(TextModel.layerWeight(layer, "gate_up_bias"), count: 2 * neurons) : nil
    downBias =
      biased ? try weights.vector(TextModel.layerWeight(layer, "down_bias"), count: model.width) : nil
    activation = model.activation.function
  }

  /// Adds the FFN of `input`, `[n x width]`, to `output`. `scratch` is `[n x 2m]`. With `rowByRow` a row has the bits that
  /// it would have alone.
  public func forward(
    _ input: MatrixView, into output: MatrixView, scratch: MatrixView, rowByRow: Bool = false,
    _ workers: Workers
  ) {
    gateUp.multiply(input, into: scratch, rowByRow: rowByRow, workers)  // [n x 2m]
    if let gateUpBias { scratch.add(gateUpBias, workers) }
    let active = scratch[columns: 0..<neurons]
    scratch.gate(activation, into: active, workers)  // [n x m]
    // [n x width]
    down.multiplyNeurons(active, into: output, accumulating: true, rowByRow: rowByRow, workers)
    if let downBias { output.add(downBias, workers) }
  }

  /// Adds the FFN of `rows` to `output`, with some of the neurons on one kind of rows, with all on the other.
  ///
  /// `input` and `output` are `[n x width]`, `scratch` is `[n x 2m]`.
  public func forward(
    _ rows: TokenRows, input: MatrixView, _ reduction: NeuronReduction, into output: MatrixView,
    scratch: MatrixView,
    _ workers: Workers
  ) {
    let (reduced, full) =
      reduction.reducesText ? (rows.textRuns, rows.visualRuns) : (rows.visualRuns, rows.textRuns)
    for run in full {
      forward(input[rows: run], into: output[rows: run], scratch: scratch[rows: 0..<run.count], workers)
    }
    guard !reduced.isEmpty else { return }
    let some: SomeNeurons
    switch reduction {
    case .probed(let probe):
      let selected = probedNeurons(probe, input, rows: reduced.flatMap { Array($0) }, workers)
      some = SomeNeurons(of: self, gathering: selected, workers)
    case .leading(let share):
      let count = NeuronReduction.leadingCount(share: share, of: neurons)
      // Panels can be used in place where the up half starts with one.
      some =
        neurons % NeuronReduction.unit == 0
        ? SomeNeurons(of: self, leading: count) : SomeNeurons(of: self, gathering: Array(0..<count), workers)
    }
    for run in reduced {
      some.forward(
        input[rows: run], into: output[rows: run], scratch: scratch[rows: 0..<run.count], workers)
    }
  }

  /// The neurons with the largest mean magnitude over evenly spaced probe rows, ascending.
  func probedNeurons(_ probe: NeuronProbe, _ input: MatrixView, rows: [Int], _ workers: Workers) -> [Int] {
    let keep = probe.neurons(of: neurons)
    if keep == neurons { return Array(0..<neurons) }
    let count = probe.probeRows(of: rows.count)
    let places = (0..<count).map { rows[$0 * rows.count / count] }
    return largest(keep, of: neuronMagnitudes(of: places, input, workers))
  }

  /// Each neuron's sum of magnitudes over some rows of `input`, `[m]`.
  func neuronMagnitudes(of rows: [Int], _ input: MatrixView, _ workers: Workers) -> [Float] {
    let samples = MatrixView(rows: rows.count, columns: width)
    samples.gather(rows: rows, from: input)
    let activations = MatrixView(rows: rows.count, columns: 2 * neurons)
    gateUp.multiply(samples, into: activations, workers)
    if let gateUpBias { activations.add(gateUpBias, workers) }
    let active = activations[columns: 0..<neurons]
    activations.gate(activation, into: active, workers)
    let scores = MatrixView(rows: 1, columns: neurons)
    active.addMagnitudes(to: scores)
    return scores.row(0)
  }
}

/// Some neurons of a layer, as matrices that make its products really smaller.
private struct SomeNeurons {
  let gateUp: WeightMatrix
  let outputs: [Range<Int>]  // of gateUp: k gates, then k ups
  let gateUpBias: WeightVector?  // [2k]
  let down: WeightMatrix  // [k x width]
  let downBias: WeightVector?
  let activation: ElementwiseFunction

  /// Copies of the selected neurons.
  init(of full: FeedForward, gathering selected: [Int], _ workers: Workers) {
    gateUp = full.gateUp.gathering(rows: selected + selected.map { full.neurons + $0 }, workers)
    outputs = [0..<gateUp.rows]
    down = full.down.gathering(rows: selected, workers)
    gateUpBias = full.gateUpBias.map { bias in
      let all = bias.elements
      return WeightVector(selected.map { all[$0] } + selected.map { all[full.neurons + $0] })
    }
    downBias = full.downBias
    activation = full.activation
  }

  /// The first neurons, where they lie.
  init(of full: FeedForward, leading count: Int) {
    gateUp = full.gateUp
    outputs = [0..<count, full.neurons..<full.neurons + count]
    down = full.down[rows: 0..<count]
    gateUpBias = full.gateUpBias.map { bias in
      let all = bias.elements
      return WeightVector(Array(all[0..<count] + all[full.neurons..<full.neurons + count]))
    }
    downBias = full.downBias
    activation = full.activation
  }

  func forward(_ input: MatrixView, into output: MatrixView, scratch: MatrixView, _ workers: Workers) {
    let fused = scratch[columns: 0..<2 * down.rows]  // [n x 2k]
    gateUp.multiply(input, outputs: outputs, into: fused, workers)
    if let gateUpBias { fused.add(gateUpBias, workers) }
    let active = fused[columns: 0..<down.rows]
    fused.gate(activation, into: active, workers)
    down.multiplyNeurons(active, into: output, accumulating: true, workers)  // [n x width]
    if let downBias { output.add(downBias, workers) }
  }
}
