public import Compute
public import Plan

/// The text decoder: embedding, layers, final norm and head.
public struct Decoder: Sendable {
  /// Shapes and options.
  public let model: TextModel
  private let embedding: WeightMatrix
  private let layers: [DecoderLayer]
  private let finalNorm: WeightVector
  private let head: WeightMatrix
  private let rotary: RotaryScheme
  private let windowRotary: RotaryScheme?
  let layerTable: LayerEmbeddingTable?
  /// How keys and values are stored.
  public let cachePrecision: CachePrecision
  private let residency: (any WeightResidency)?

  /// Binds the decoder's tensors. Without a `cachePrecision`, keys and values are rounded where the weights are.
  ///
  /// `residency` is told which layer runs.
  public init(
    _ model: TextModel, weights: some ModelWeights, cachePrecision: CachePrecision? = nil,
    residency: (any WeightResidency)? = nil
  ) throws(ModelError) {
    self.model = model
    self.residency = residency
    embedding = try weights.matrix("text/embedding", rows: model.vocabulary, columns: model.width)
    var layers: [DecoderLayer] = []
    for layer in 0..<model.layers { layers.append(try DecoderLayer(model, layer: layer, weights: weights)) }
    self.layers = layers
    finalNorm = try weights.vector("text/final_norm", count: model.width)
    head =
      model.tiedHead
      ? embedding : try weights.matrix("text/head", rows: model.vocabulary, columns: model.width)
    self.cachePrecision = cachePrecision ?? (head.isReducedPrecision ? .bfloat16 : .float32)
    rotary = RotaryScheme(
      model.rotary,
      frequencies: try weights.vector("text/rope_inverse_frequencies", count: model.rotary.width / 2).elements
    )
    layerTable =
      model.layerEmbeddingWidth > 0 ? try LayerEmbeddingTable(model, weights: weights) : nil
    windowRotary =
      model.windowLayers.isEmpty
      ? nil
      : RotaryScheme(
        frequencies: try weights.vector(
          "text/window_rope_inverse_frequencies", count: model.windowRotaryWidth / 2
        ).elements)
  }

  /// Memory for intermediate results of one sequence at a time.
  public func makeWorkspace() -> DecoderWorkspace {
    DecoderWorkspace(model, rotary: rotary, window: windowRotary)
  }

  /// An empty KV cache.
  public func makeCache() -> KeyValueCache { KeyValueCache(model, precision: cachePrecision) }

  /// Writes the embedding of a token, which must be below `vocabulary`, to a row of `hidden`.
  public func embed(_ token: Int32, into hidden: MatrixView, row: Int) {
    embedding.copyRow(Int(token), into: hidden, row: row)
    if model.embeddingScale != 1 { hidden[rows: row..<row + 1].scale(by: Float(model.embeddingScale)) }
  }

  /// Writes the embeddings of some tokens to the rows of `hidden`, `[tokens x width]`.
  public func embed(_ tokens: [Int32], into hidden: MatrixView) {
    for (row, token) in tokens.enumerated() { embed(token, into: hidden, row: row) }
  }

  /// What each layer has of the tokens' own, by the tokens' embeddings, `[n x width]`, which visual tokens have of the
  /// projector; `nil` where layers have nothing. Of visual tokens, whose number is below 0, it is that of one token.
  public func layerInputs(
    of tokens: [Int32], at positions: [RotaryPosition], embeddings: MatrixView, _ workers: Workers
  ) -> LayerInputs? {
    guard let layerTable else { return nil }
    let numbers = MatrixView(rows: tokens.count, columns: model.layerEmbeddingColumns)
    let known = tokens.map { $0 < 0 ? Int32(model.layerEmbeddingVisualToken) : $0 }
    layerTable.write(
      known, embeddings, into: numbers, scratch: MatrixView(rows: 1, columns: numbers.columns), workers)
    return LayerInputs(rows: numbers, positions: positions.map(\.temporal))
  }

  /// Runs one layer in place on `rows`, appending to the layer's memory. A layer that reads the keys and values of another one
  /// finds them in `entries`, where the rows are the last.
  ///
  /// Returns the attention rows of the last `watched` tokens, `[(watched * H) x keys]`, when any are asked for and the layer
  /// has attention.
  @discardableResult
  public func forward(
    layer: Int, _ rows: TokenRows, cache: any LayerMemory, entries: (any LayerMemory)? = nil,
    schedule: LayerSchedule = .dense,
    watched: Int = 0,
    _ workspace: DecoderWorkspace, _ workers: Workers
  ) -> MatrixView? {
    residency?.willRun(.decoderLayer(layer))
    return layers[layer].forward(
      rows, memory: cache, entries: entries, schedule: schedule, watched: watched, workspace, workers)
  }

  /// Runs one layer of a step.
  func step(layer: Int, _ step: SequenceStep, _ workspace: DecoderWorkspace, _ workers: Workers) {
    residency?.willRun(.decoderLayer(layer))
    layers[layer].step(layer: layer, step, workspace, workers)
  }

  /// Each FFN neuron's sum of magnitudes over some rows of a layer's FFN input, `[m]`.
  public func neuronMagnitudes(
    layer: Int, of rows: [Int], input: MatrixView, _ workers: Workers
  ) -> [Float] {
    layers[layer].feedForward.neuronMagnitudes(of: rows, input, workers)
  }

  /// Logits of residual rows after the last layer, `[n x width]` to `[n x vocabulary]`. With `rowByRow` a row has the bits
  /// that it would have alone.
  public func logits(
    of hidden: MatrixView, into logits: MatrixView, rowByRow: Bool = false, _ workspace: DecoderWorkspace,
    _ workers: Workers
  ) {
    let normed = workspace.normed(hidden.rows)
    hidden.rmsNorm(finalNorm, epsilon: Float(model.normEpsilon), into: normed, workers)
    residency?.willRun(.head)
    head.multiply(normed, into: logits, rowByRow: rowByRow, workers)
    if model.logitCap > 0 { logits.cap(at: Float(model.logitCap), workers) }
  }
}

extension RotaryScheme {
  /// A decoder's scheme: M-RoPE takes frames, rows and columns in turn.
  init(_ model: RotaryModel, frequencies: [Float]) {
    let order: [RotaryAxis] = [.temporal, .row, .column]
    var axes = model.sections.enumerated().flatMap {
      Array(repeating: order[$0.offset % 3], count: $0.element)
    }
    if model.interleavesSections {
      axes = Array(repeating: .temporal, count: frequencies.count)
      for axis in [1, 2] {
        for pair in stride(from: axis, to: min(3 * model.sections[axis], axes.count), by: 3) {
          axes[pair] = order[axis]
        }
      }
    }
    self.init(
      frequencies: frequencies, axes: axes, scale: Float(model.scale),
      growth: model.growth > 0
        ? DynamicGrowth(base: model.base, factor: model.growth, trainedLength: model.trainedLength) : nil)
  }
}
