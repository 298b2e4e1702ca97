public import Compute
public import Plan

/// The last token of each of some sequences on its way through the layers, so that one pass over the weights serves all.
///
/// The sequences share nothing else: each row has the bits that it would have alone. A step is used again and again, and
/// allocates nothing once it has had as many sequences.
public final class SequenceStep {
  private var rows: MatrixView
  private var layerRows: MatrixView
  /// The tokens.
  private(set) var tokens: [Int32] = []
  /// Position of each token.
  private(set) var positions: [RotaryPosition] = []
  /// Cache of each sequence.
  private(set) var caches: [KeyValueCache] = []

  /// A step of no sequence yet of a decoder.
  public init(_ model: TextModel, capacity: Int = 1) {
    rows = MatrixView(rows: capacity, columns: model.width)
    layerRows = MatrixView(rows: capacity, columns: model.layerEmbeddingColumns)
    tokens.reserveCapacity(capacity)
    positions.reserveCapacity(capacity)
    caches.reserveCapacity(capacity)
  }

  /// Sequences.
  public var count: Int { positions.count }
  /// Residual stream, a row a sequence, `[sequences x width]`.
  public var hidden: MatrixView { rows[rows: 0..<count] }
  /// What layers have of the tokens' own, `[sequences x layers * layerEmbeddingWidth]`.
  var layerInputs: MatrixView { layerRows[rows: 0..<count] }

  /// Positions up to the last of any token.
  public var positionCount: Int { positions.reduce(0) { max($0, $1.largest + 1) } }

  /// Begins the next step.
  public func removeAll() {
    tokens.removeAll(keepingCapacity: true)
    positions.removeAll(keepingCapacity: true)
    caches.removeAll(keepingCapacity: true)
  }

  /// Takes in a sequence; the row of its token is the last of `hidden`.
  func append(_ token: Int32, _ cache: KeyValueCache, at position: Int) {
    if count == rows.rows {
      let larger = MatrixView(rows: max(1, 2 * count), columns: rows.columns)
      larger[rows: 0..<count].copy(from: rows)
      rows = larger
      layerRows = MatrixView(rows: larger.rows, columns: layerRows.columns)
    }
    tokens.append(token)
    caches.append(cache)
    positions.append(RotaryPosition(position))
  }
}

extension Decoder {
  /// Takes a token, which must be below `vocabulary`, of another sequence into a step.
  public func append(_ token: Int32, at position: Int, _ cache: KeyValueCache, to step: SequenceStep) {
    step.append(token, cache, at: position)
    embed(token, into: step.hidden, row: step.count - 1)
  }

  /// Runs a step through all layers; its tokens are in the caches afterwards.
  public func run(_ step: SequenceStep, _ workspace: DecoderWorkspace, _ workers: Workers) {
    if let layerTable {
      layerTable.write(
        step.tokens, step.hidden, into: step.layerInputs, scratch: workspace.layerTableRow, rowByRow: true,
        workers)
    }
    for layer in 0..<model.layers { self.step(layer: layer, step, workspace, workers) }
  }
}
