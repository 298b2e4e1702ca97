import CKernels
import COpenBLAS

/// Read-only memory that outlives the views on it: a mapped plan, or a buffer.
public protocol WeightOwner: AnyObject, Sendable {}

extension FloatBuffer: WeightOwner {}

/// A weight matrix `[rows x columns]` as the plan stores it, never copied.
///
/// Products go two ways: `multiply` where a row is an output, `multiplyNeurons` where a row is an input. Float32 and
/// bfloat16 can do both; 8-bit integers have a scale for each output, so they are made for one of them.
///
/// Invariant: the storage pointer addresses all elements and stays valid while `owner` lives.
public struct WeightMatrix: @unchecked Sendable {
  /// Number of rows; for most weights an output channel, for the FFN down projection a neuron.
  public let rows: Int
  /// Elements in a row.
  public let columns: Int
  let storage: Storage
  let owner: any WeightOwner

  enum Storage {
    case float32(UnsafePointer<Float>)
    case bfloat16(UnsafePointer<UInt16>)
    /// A row is an output.
    case int8(Int8Matrix)
    /// A row is an input.
    case int8Neurons(Int8Matrix)
  }

  /// A float32 matrix over memory that `owner` keeps alive; `memory` must hold `rows * columns` aligned floats.
  public init(float32 memory: UnsafeRawBufferPointer, rows: Int, columns: Int, owner: any WeightOwner) {
    precondition(memory.count == rows * columns * 4)
    self.init(
      rows: rows, columns: columns, storage: .float32(memory.bindMemory(to: Float.self).start), owner: owner)
  }

  /// A bfloat16 matrix over memory that `owner` keeps alive; `memory` must hold `rows * columns` values.
  public init(bfloat16 memory: UnsafeRawBufferPointer, rows: Int, columns: Int, owner: any WeightOwner) {
    precondition(memory.count == rows * columns * 2)
    self.init(
      rows: rows, columns: columns, storage: .bfloat16(memory.bindMemory(to: UInt16.self).start), owner: owner
    )
  }

  /// An int8 matrix whose rows are outputs, over panels that `owner` keeps alive.
  public init(int8 panels: UnsafeRawBufferPointer, rows: Int, columns: Int, owner: any WeightOwner) {
    precondition(panels.count == Int8Matrix.byteCount(outputs: rows, depth: columns))
    let matrix = Int8Matrix(
      panels: panels.bindMemory(to: UInt8.self).start, outputs: rows, depth: columns)
    self.init(rows: rows, columns: columns, storage: .int8(matrix), owner: owner)
  }

  /// An int8 matrix whose rows are inputs, such as the neurons of a down projection: the panels are those of its
  /// transpose.
  public init(int8Neurons panels: UnsafeRawBufferPointer, rows: Int, columns: Int, owner: any WeightOwner) {
    precondition(panels.count == Int8Matrix.byteCount(outputs: columns, depth: rows))
    let matrix = Int8Matrix(
      panels: panels.bindMemory(to: UInt8.self).start, outputs: columns, depth: rows)
    self.init(rows: rows, columns: columns, storage: .int8Neurons(matrix), owner: owner)
  }

  /// The elements of a matrix that lies in memory without gaps.
  public init(_ matrix: Matrix) {
    precondition(matrix.stride == matrix.columns)
    self.init(
      rows: matrix.rows, columns: matrix.columns, storage: .float32(UnsafePointer(matrix.base)),
      owner: matrix.buffer)
  }

  init(rows: Int, columns: Int, storage: Storage, owner: any WeightOwner) {
    self.rows = rows
    self.columns = columns
    self.storage = storage
    self.owner = owner
  }

  /// Copies one row as float32 into row `target` of `matrix`.
  public func copyRow(_ row: Int, into matrix: Matrix, row target: Int) {
    precondition(row >= 0 && row < rows && matrix.columns == columns)
    let output = matrix.rowBase(target)
    switch storage {
    case .float32(let base): output.update(from: base + row * columns, count: columns)
    case .bfloat16(let base): kernels.widen_bfloat16(base + row * columns, output, columns)
    case .int8(let matrix): kernels.int8_row(matrix.kernelView(0..<rows), row, output)
    case .int8Neurons: preconditionFailure("an input of an int8 matrix is not stored in one piece")
    }
  }

  /// Some of the rows as a matrix of their own, gathered so that products with it are really smaller. Float32 for
  /// float32 and bfloat16, int8 for int8.
  public func gathering(rows selected: [Int], _ workers: Workers) -> WeightMatrix {
    switch storage {
    case .float32, .bfloat16:
      let matrix = Matrix(rows: selected.count, columns: columns)
      // Copying a float costs about as much as a multiply-add.
      workers.split(selected.count, operations: selected.count * columns) { range, _ in
        for index in range { copyRow(selected[index], into: matrix, row: index) }
      }
      return WeightMatrix(matrix)
    case .int8(let matrix):
      let bytes = Int8Matrix.byteCount(outputs: selected.count, depth: columns)
      let buffer = PanelBuffer(count: bytes)
      matrix.gather(outputs: selected, into: buffer.base, workers)
      return WeightMatrix(
        int8: UnsafeRawBufferPointer(start: buffer.base, count: bytes), rows: selected.count,
        columns: columns,
        owner: buffer)
    case .int8Neurons(let matrix):
      let bytes = Int8Matrix.byteCount(outputs: columns, depth: selected.count)
      let buffer = PanelBuffer(count: bytes)
      matrix.gather(inputs: selected, into: buffer.base, workers)
      return WeightMatrix(
        int8Neurons: UnsafeRawBufferPointer(start: buffer.base, count: bytes), rows: selected.count,
        columns: columns, owner: buffer)
    }
  }
}

extension UnsafeBufferPointer {
  /// The start of memory that has at least one element, or a dangling aligned pointer for none.
  fileprivate var start: UnsafePointer<Element> {
    baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<Element>.alignment).unsafelyUnwrapped
  }
}

/// The kernels of this process, chosen once.
let kernels: espalier_kernels = espalier_kernels_in_use().pointee
