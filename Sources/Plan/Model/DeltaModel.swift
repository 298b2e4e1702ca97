/// Sizes of layers with a gated delta rule (arXiv 2412.06464): a short convolution over queries, keys and values, then for
/// each value head a state `[value width x key width]` that decays, forgets what a key stood for and takes in its value.
public struct DeltaModel: Equatable, Sendable {
  /// Heads of queries and keys, `hk`; divides `valueHeads`.
  public var keyHeads = 16
  /// Heads of values, `hv`, each with a state of its own; consecutive ones share a key head.
  public var valueHeads = 16
  /// Width of a query or key, `dk`.
  public var keyWidth = 128
  /// Width of a value, `dv`.
  public var valueWidth = 128
  /// Tokens that the convolution sees, the token itself included.
  public var taps = 4

  /// The sizes of Qwen3.5's smaller models.
  public init() {}

  /// Columns of queries or keys, all heads side by side.
  public var keyColumns: Int { keyHeads * keyWidth }
  /// Columns of values.
  public var valueColumns: Int { valueHeads * valueWidth }
  /// Columns that the convolution filters: queries, keys and values.
  public var channels: Int { 2 * keyColumns + valueColumns }
  /// Rows of the input projection: what is filtered, then the gate of the output.
  public var inputRows: Int { channels + valueColumns }
  /// Rows of the projection to the rates: how strongly each value head takes a value in, then how fast it forgets.
  public var rateRows: Int { 2 * valueHeads }
  /// Numbers of a layer's state, those of the convolution not included.
  public var stateElements: Int { valueColumns * keyWidth }
}

extension DeltaModel {
  func weights(width: Int, _ name: (String) -> String) -> [WeightSpecification] {
    [
      .vector(name("delta_norm"), width, "RMSNorm weight before the gated delta rule"),
      .matrix(
        name("delta_input"), [inputRows, width],
        "projections to queries, keys, values and the gate of the output, stacked by row"),
      .folded(
        name("delta_rates"), [rateRows, width],
        "projections to how strongly each value head takes a value in, then to how fast it forgets"),
      .folded(
        name("delta_filter"), [taps, channels],
        "filter of each query, key and value channel, a row a tap, that of the token itself last"),
      .vector(name("delta_decay"), valueHeads, "logarithm of how fast each value head forgets"),
      .vector(name("delta_decay_bias"), valueHeads, "added to the projection to how fast it forgets"),
      .vector(name("delta_output_norm"), valueWidth, "RMSNorm weight of what each value head gives"),
      .matrix(name("delta_output"), [width, valueColumns], "output projection of the gated delta rule"),
    ]
  }
}
