public import Compute
public import Models

/// Sees what happens at the layer boundaries of a run. The empty defaults cost nothing: runs are specialised on the
/// observer's type.
public protocol Observer {
  /// Attention rows of the last tokens that each layer hands to `didAttend`.
  var watchedRows: Int { get }
  /// Before a layer runs: `rows` holds its input.
  mutating func willRun(layer: Int, rows: TokenRows)
  /// After a layer ran: attention of the last watched tokens, `[(w * H) x keys]`.
  mutating func didAttend(layer: Int, attention: MatrixView, rows: TokenRows)
  /// After a layer ran: `normed` is the output of the norm between its attention and its FFN, `[n x width]`.
  mutating func didRun(layer: Int, rows: TokenRows, normed: MatrixView)
  /// After entries of a layer's cache were freed: `kept` lists, for each KV head, the rows of `rows` that stay.
  mutating func didRetain(layer: Int, kept: [[Int]], rows: TokenRows)
}

extension Observer {
  /// None by default.
  public var watchedRows: Int { 0 }
  /// Nothing by default.
  public mutating func willRun(layer: Int, rows: TokenRows) {}
  /// Nothing by default.
  public mutating func didAttend(layer: Int, attention: MatrixView, rows: TokenRows) {}
  /// Nothing by default.
  public mutating func didRun(layer: Int, rows: TokenRows, normed: MatrixView) {}
  /// Nothing by default.
  public mutating func didRetain(layer: Int, kept: [[Int]], rows: TokenRows) {}
}

/// The runtime's observer: it sees nothing.
public struct NoObserver: Observer {
  /// Creates an observer that sees nothing.
  public init() {}
}
