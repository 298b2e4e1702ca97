import Compute
import Plan

/// One layer of a querying transformer: tokens attend to each other, then to patches, then an FFN; a norm behind each.
struct QFormerLayer: Sendable {
  private let attention: Attention
  private let qkv: QFormerLinear
  private let attentionOutput: QFormerLinear
  private let attentionNorm: VisionNorm
  private let crossQuery: QFormerLinear
  private let crossEntries: QFormerLinear
  private let crossOutput: QFormerLinear
  private let crossNorm: VisionNorm
  private let up: QFormerLinear
  private let down: QFormerLinear
  private let feedForwardNorm: VisionNorm
  private let activation: ElementwiseFunction

  init(
    _ model: QFormerModel, width: Int, weights: some ModelWeights, _ name: (String) -> String
  ) throws(ModelError) {
    func linear(_ part: String, _ rows: Int, _ columns: Int) throws(ModelError) -> QFormerLinear {
      try QFormerLinear(name(part), rows: rows, columns: columns, weights: weights)
    }
    func norm(_ part: String) throws(ModelError) -> VisionNorm {
      try VisionNorm(.layerNorm, name(part), width: width, epsilon: model.normEpsilon, weights: weights)
    }
    attention = Attention(
      queryHeads: model.heads, keyValueHeads: model.heads, headWidth: width / model.heads)
    qkv = try linear("qkv", 3 * width, width)
    attentionOutput = try linear("attention_output", width, width)
    attentionNorm = try norm("attention_norm")
    crossQuery = try linear("cross_query", width, width)
    crossEntries = try linear("cross_entries", 2 * width, width)
    crossOutput = try linear("cross_output", width, width)
    crossNorm = try norm("cross_norm")
    up = try linear("up", model.feedForwardWidth, width)
    down = try linear("down", width, model.feedForwardWidth)
    feedForwardNorm = try norm("feed_forward_norm")
    activation = model.activation.function
  }

  /// Runs the layer in place on `tokens`, `[tokens x width]`; those of a window see each other and the patches of the same
  /// window, of `patches`, `[patches x width]`.
  func forward(_ tokens: MatrixView, _ patches: MatrixView, _ windows: QFormerWindows, _ workers: Workers) {
    let width = tokens.columns
    let attended = MatrixView(rows: tokens.rows, columns: width)
    let fused = qkv.product(tokens, workers)
    attend(
      fused[columns: 0..<width], fused[columns: width..<2 * width], fused[columns: 2 * width..<3 * width],
      windows.segments.map { ($0.tokens, $0.tokens) }, reduced: qkv.isReducedPrecision, into: attended,
      workers)
    attentionOutput.add(attended, to: tokens, workers)
    attentionNorm.apply(tokens, into: tokens, workers)

    let entries = crossEntries.product(patches, workers)
    attend(
      crossQuery.product(tokens, workers), entries[columns: 0..<width], entries[columns: width..<2 * width],
      windows.segments.map { ($0.tokens, $0.patches) }, reduced: crossEntries.isReducedPrecision,
      into: attended,
      workers)
    crossOutput.add(attended, to: tokens, workers)
    crossNorm.apply(tokens, into: tokens, workers)

    let neurons = up.product(tokens, workers)
    neurons.activate(activation, workers)
    down.add(neurons, to: tokens, workers)
    feedForwardNorm.apply(tokens, into: tokens, workers)
  }

  /// Attention of each window's queries to its keys; keys and values are rounded where the weights are.
  private func attend(
    _ queries: MatrixView, _ keys: MatrixView, _ values: MatrixView, _ segments: [(Range<Int>, Range<Int>)],
    reduced: Bool, into output: MatrixView, _ workers: Workers
  ) {
    let longest = segments.map(\.1.count).max() ?? 0
    let panels =
      reduced
      ? KeyValuePanels(heads: attention.keyValueHeads, headWidth: attention.headWidth, capacity: longest)
      : nil
    for (rows, seen) in segments {
      let entries = KeyValues(
        keys: keys[rows: seen], values: values[rows: seen], headWidth: attention.headWidth, panels: panels,
        workers)
      attention.attend(
        queries: queries[rows: rows], to: entries, keyCount: seen.count, mask: .full,
        into: output[rows: rows],
        workers)
    }
  }
}

/// A linear layer with its bias.
private struct QFormerLinear: Sendable {
  private let matrix: WeightMatrix
  private let bias: WeightVector

  init(_ name: String, rows: Int, columns: Int, weights: some ModelWeights) throws(ModelError) {
    matrix = try weights.matrix(name, rows: rows, columns: columns)
    bias = try weights.vector(name + "_bias", count: rows)
  }

  var isReducedPrecision: Bool { matrix.isReducedPrecision }

  /// What it makes of `input`, `[n x columns]` to `[n x rows]`.
  func product(_ input: MatrixView, _ workers: Workers) -> MatrixView {
    let result = MatrixView(rows: input.rows, columns: matrix.rows)
    matrix.multiply(input, into: result, workers)
    result.add(bias, workers)
    return result
  }

  /// Adds what it makes of `input` to `output`.
  func add(_ input: MatrixView, to output: MatrixView, _ workers: Workers) {
    matrix.multiply(input, into: output, accumulating: true, workers)
    output.add(bias, workers)
  }
}
