/// A view of float32 rows in a buffer that it keeps alive: copies of a view share the floats, `copy()` does not.
///
/// Rows are contiguous, `stride` floats apart, so that a range of rows or of columns is a view as well. A view is not
/// `Sendable`: whoever hands one to the threads of a pool gives each thread rows or columns of its own.
public struct MatrixView {
  /// The floats behind the view.
  let buffer: FloatBuffer
  let offset: Int
  /// Number of rows.
  public let rows: Int
  /// Floats in a row.
  public let columns: Int
  /// Distance of two rows in floats.
  public let stride: Int

  /// A view of all of a new buffer, zeroed.
  public init(rows: Int, columns: Int) {
    precondition(rows >= 0 && columns >= 0)
    self.init(
      buffer: FloatBuffer(count: rows * columns), offset: 0, rows: rows, columns: columns, stride: columns)
  }

  /// A view of all of a new buffer with the given elements, row by row.
  public init(rows: Int, columns: Int, elements: [Float]) {
    precondition(elements.count == rows * columns)
    self.init(rows: rows, columns: columns)
    buffer.base.update(from: elements, count: elements.count)
  }

  /// The first `rows * columns` floats of a buffer as rows without gaps.
  public init(sharing buffer: FloatBuffer, rows: Int, columns: Int) {
    self.init(buffer: buffer, offset: 0, rows: rows, columns: columns, stride: columns)
  }

  /// Invariant: every row of the view lies inside the buffer.
  init(buffer: FloatBuffer, offset: Int, rows: Int, columns: Int, stride: Int) {
    precondition(rows == 0 || offset + (rows - 1) * stride + columns <= buffer.count)
    self.buffer = buffer
    self.offset = offset
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// First float of the view. Valid while a copy of the view lives.
  var base: UnsafeMutablePointer<Float> { buffer.base + offset }

  /// First float of a row.
  func rowBase(_ row: Int) -> UnsafeMutablePointer<Float> {
    precondition(row >= 0 && row < rows)
    return base + row * stride
  }

  /// The view of some of the rows.
  public subscript(rows range: Range<Int>) -> MatrixView {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    return MatrixView(
      buffer: buffer, offset: offset + range.lowerBound * stride, rows: range.count, columns: columns,
      stride: stride)
  }

  /// The view of some of the columns.
  public subscript(columns range: Range<Int>) -> MatrixView {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns)
    return MatrixView(
      buffer: buffer, offset: offset + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }

  /// One element.
  public subscript(row: Int, column: Int) -> Float {
    get {
      precondition(column >= 0 && column < columns)
      return rowBase(row)[column]
    }
    nonmutating set {
      precondition(column >= 0 && column < columns)
      rowBase(row)[column] = newValue
    }
  }

  /// A copy of one row.
  public func row(_ row: Int) -> [Float] {
    Array(UnsafeBufferPointer(start: rowBase(row), count: columns))
  }

  /// A copy of all elements, row by row.
  public var elements: [Float] { (0..<rows).flatMap { row($0) } }

  /// Calls `body` with one row, without a copy.
  public func withRow<Result, Failure: Error>(
    _ row: Int, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeMutableBufferPointer(start: rowBase(row), count: columns))
  }

  /// Whether a row has a number, and neither NaN nor positive infinity: whether it has a largest element.
  public func hasMaximum(row: Int) -> Bool {
    withRow(row) { values in
      // Counts without a branch are a loop that the compiler vectorises.
      var (broken, numbers): (Int32, Int32) = (0, 0)
      for value in values {
        broken &+= value < .infinity ? 0 : 1
        numbers &+= value > -.infinity ? 1 : 0
      }
      return broken == 0 && numbers > 0
    }
  }

  /// Copies the elements of a matrix of the same shape.
  public func copy(from source: MatrixView) {
    precondition(source.rows == rows && source.columns == columns)
    for row in 0..<rows { rowBase(row).update(from: source.rowBase(row), count: columns) }
  }

  /// Copies the listed rows of `source`, in the listed order, to the first rows of this matrix. `source` may be
  /// this very matrix when the list ascends.
  public func gather(rows list: [Int], from source: MatrixView) {
    precondition(list.count <= rows && source.columns == columns)
    for (target, row) in list.enumerated() {
      rowBase(target).update(from: source.rowBase(row), count: columns)
    }
  }

  /// Sets every element.
  public func fill(_ value: Float) {
    for row in 0..<rows { rowBase(row).update(repeating: value, count: columns) }
  }

  /// A copy with memory of its own.
  public func copy() -> MatrixView {
    let result = MatrixView(rows: rows, columns: columns)
    result.copy(from: self)
    return result
  }
}
