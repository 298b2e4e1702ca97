import CKernels
import COpenBLAS

/// Read-only memory that outlives the views on it: a mapped plan, or a buffer.
public protocol WeightOwner: AnyObject, Sendable {}

extension FloatBuffer: WeightOwner {}

/// A weight matrix `[rows x columns]` as the plan stores it, float32 or bfloat16, never copied.
///
/// Invariant: the storage pointer addresses `rows * columns` elements and stays valid while `owner` lives.
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

  /// Writes `count` elements, starting at `column` of `row`, as float32.
  func widen(row: Int, column: Int, count: Int, into target: UnsafeMutablePointer<Float>) {
    let start = row * columns + column
    switch storage {
    case .float32(let base): target.update(from: base + start, count: count)
    case .bfloat16(let base): kernels.widen_bfloat16(base + start, target, count)
    }
  }

  /// Copies one row as float32 into row `target` of `matrix`.
  public func copyRow(_ row: Int, into matrix: Matrix, row target: Int) {
    precondition(row >= 0 && row < rows && matrix.columns == columns)
    widen(row: row, column: 0, count: columns, into: matrix.rowBase(target))
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
