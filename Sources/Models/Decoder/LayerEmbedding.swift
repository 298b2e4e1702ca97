import Compute
import Plan

/// What a layer adds of each token's own numbers: `norm(output (act(gate x) * numbers))` (per-layer embeddings, Gemma 4).
struct LayerEmbedding: Sendable {
  /// The layer's own among the numbers of all layers.
  let columns: Range<Int>
  private let gate: WeightMatrix  // [P x width]
  private let output: WeightMatrix  // [width x P]
  private let outputNorm: WeightVector  // [width]
  private let activation: ElementwiseFunction
  private let epsilon: Float

  init(_ model: TextModel, layer: Int, weights: some ModelWeights) throws(ModelError) {
    func name(_ part: String) -> String { TextModel.layerWeight(layer, "layer_embedding_" + part) }
    let own = model.layerEmbeddingWidth
    columns = layer * own..<(layer + 1) * own
    gate = try weights.matrix(name("gate"), rows: own, columns: model.width)
    output = try weights.matrix(name("output"), rows: model.width, columns: own)
    outputNorm = try weights.vector(name("output_norm"), count: model.width)
    activation = model.activation.function
    epsilon = Float(model.normEpsilon)
  }

  /// Adds to `hidden`, `[n x width]`, what the tokens' own `numbers`, `[n x P]`, make of it.
  func add(
    _ numbers: MatrixView, to hidden: MatrixView, rowByRow: Bool, _ workspace: DecoderWorkspace,
    _ workers: Workers
  ) {
    let gates = workspace.layerGates(hidden.rows)
    gate.multiply(hidden, into: gates, rowByRow: rowByRow, workers)
    gates.activate(activation, workers)
    gates.multiply(by: numbers, workers)
    let given = workspace.given(hidden.rows)
    output.multiply(gates, into: given, rowByRow: rowByRow, workers)
    given.rmsNorm(outputNorm, epsilon: epsilon, into: given, workers)
    hidden.add(given, workers)
  }
}

/// Makes the numbers that layers have of each token's own: a row of a table by the token's number, and a normed projection of
/// its embedding.
struct LayerEmbeddingTable: Sendable {
  private let table: WeightMatrix  // [vocabulary x L P]
  private let projection: WeightMatrix  // [L P x width]
  private let norm: WeightVector  // [P]
  private let epsilon: Float
  private let tableScale: Float

  /// Binds the tensors of a decoder whose layers add something.
  init(_ model: TextModel, weights: some ModelWeights) throws(ModelError) {
    let columns = model.layerEmbeddingColumns
    table = try weights.matrix(
      "text/layer_embedding", rows: model.layerEmbeddingVocabulary, columns: columns)
    projection = try weights.matrix(
      "text/layer_embedding_projection", rows: columns, columns: model.width)
    // Both halves are as large as a half of the sum.
    let half = Float(0.5).squareRoot()
    norm = WeightVector(
      try weights.vector("text/layer_embedding_norm", count: model.layerEmbeddingWidth).elements.map {
        $0 * half
      })
    // The projection is scaled by the root of the width before its norm, which sees it in the epsilon alone.
    epsilon = Float(model.normEpsilon * Double(model.width))
    tableScale = Float(model.layerEmbeddingWidth).squareRoot() * half
  }

  /// Writes the numbers of all layers, `[n x L P]`, of tokens with some embeddings, `[n x width]`. `scratch` is
  /// `[1 x L P]`.
  func write(
    _ tokens: [Int32], _ embeddings: MatrixView, into numbers: MatrixView, scratch: MatrixView,
    rowByRow: Bool = false, _ workers: Workers
  ) {
    projection.multiply(embeddings, into: numbers, rowByRow: rowByRow, workers)
    numbers.rmsNormHeads(norm, epsilon: epsilon, workers)
    for (row, token) in tokens.enumerated() {
      table.copyRow(Int(token), into: scratch, row: 0)
      numbers[rows: row..<row + 1].add(scratch, scaledBy: tableScale)
    }
  }
}
