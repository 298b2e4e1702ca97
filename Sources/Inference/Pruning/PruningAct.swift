import Models

/// What a pruning method does in a prefill, at the places where it may act. A run is specialised on the types of its
/// acts, so that nothing is called through a table.
protocol PruningAct {
  /// Attention rows of the last prompt tokens that the act looks at.
  var watchedRows: Int { get }
  /// Before the first layer: the rows that the projector and the embedding give.
  mutating func willRun(_ prompt: PromptRows, in context: Context)
  /// Before a layer: `rows` holds its input.
  mutating func willRun(layer: Int, _ rows: TokenRows, in context: Context)
  /// After a layer.
  mutating func didRun(_ boundary: borrowing LayerBoundary, in context: Context)
}

extension PruningAct {
  /// None by default.
  var watchedRows: Int { 0 }
  /// Nothing by default.
  mutating func willRun(_ prompt: PromptRows, in context: Context) {}
  /// Nothing by default.
  mutating func willRun(layer: Int, _ rows: TokenRows, in context: Context) {}
  /// Nothing by default.
  mutating func didRun(_ boundary: borrowing LayerBoundary, in context: Context) {}
}
