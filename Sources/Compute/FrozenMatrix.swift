/// Float32 rows that nothing changes any more, so that threads may share them.
///
/// Invariant: no view of the buffer is written to any more.
public struct FrozenMatrix: @unchecked Sendable {
  private let view: MatrixView

  /// A copy of the rows of a view.
  public init(_ view: MatrixView) { self.view = view.copy() }

  /// The rows of a view without a copy; the caller and whoever else has a view of that buffer writes no more.
  public init(takingOver view: MatrixView) { self.view = view }

  /// Number of rows.
  public var rows: Int { view.rows }
  /// Floats in a row.
  public var columns: Int { view.columns }
  /// A copy of all elements, row by row.
  public var elements: [Float] { view.elements }
  /// Bytes of the rows.
  public var bytes: Int { rows * columns * MemoryLayout<Float>.stride }

  /// Copies some rows to those of a view of the same shape.
  public func copy(rows range: Range<Int>, into target: MatrixView) { target.copy(from: view[rows: range]) }

  /// Copies some columns of some rows to those of a view of the same shape.
  public func copy(rows: Range<Int>, columns: Range<Int>, into target: MatrixView) {
    target.copy(from: view[rows: rows][columns: columns])
  }
}
