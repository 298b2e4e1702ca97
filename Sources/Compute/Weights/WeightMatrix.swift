import CKernels

/// Read-only memory that outlives the views on it: a mapped plan, or a buffer.
public protocol WeightOwner: AnyObject, Sendable {}

extension FloatBuffer: WeightOwner {}

/// A weight matrix `[rows x columns]` as the plan stores it, never copied.
///
/// Products go two ways: `multiply` where a row is an output, `multiplyNeurons` where a row is an input. Float32 can
/// do both; panels are made for one of them.
///
/// Invariant: the storage pointer addresses all elements and stays valid while `owner` lives.
public struct WeightMatrix: @unchecked Sendable {
  /// Number of rows; for most weights an output channel, for the FFN down projection a neuron.
  public let rows: Int
  /// Elements in a row.
  public let columns: Int
  let storage: Storage
  /// Elements from one row of floats to the next.
  let stride: Int
  let owner: any WeightOwner

  enum Storage {
    case float32(UnsafePointer<Float>)
    /// A row is an output.
    case panels(PanelMatrix)
    /// A row is an input: the panels are those of the transpose.
    case neuronPanels(PanelMatrix)
  }

  /// A float32 matrix over memory that `owner` keeps alive; `memory` must hold `rows * columns` aligned floats.
  public init(float32 memory: UnsafeRawBufferPointer, rows: Int, columns: Int, owner: any WeightOwner) {
    precondition(memory.count == rows * columns * 4)
    self.init(
      rows: rows, columns: columns, storage: .float32(memory.bindMemory(to: Float.self).start), owner: owner)
  }

  /// A matrix whose rows are outputs, over panels that `owner` keeps alive.
  public init(
    _ encoding: PanelEncoding, panels: UnsafeRawBufferPointer, rows: Int, columns: Int, owner: any WeightOwner
  ) {
    let matrix = PanelMatrix(encoding, panels, outputs: rows, depth: columns)
    self.init(rows: rows, columns: columns, storage: .panels(matrix), owner: owner)
  }

  /// A matrix whose rows are inputs, such as the neurons of a down projection, over the panels of its transpose.
  public init(
    _ encoding: PanelEncoding, neuronPanels panels: UnsafeRawBufferPointer, rows: Int, columns: Int,
    owner: any WeightOwner
  ) {
    let matrix = PanelMatrix(encoding, panels, outputs: columns, depth: rows)
    self.init(rows: rows, columns: columns, storage: .neuronPanels(matrix), owner: owner)
  }

  /// The elements of a matrix that lies in memory without gaps.
  public init(_ matrix: MatrixView) {
    precondition(matrix.stride == matrix.columns)
    self.init(
      rows: matrix.rows, columns: matrix.columns, storage: .float32(UnsafePointer(matrix.base)),
      owner: matrix.buffer)
  }

  init(rows: Int, columns: Int, storage: Storage, stride: Int? = nil, owner: any WeightOwner) {
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
    self.storage = storage
    self.owner = owner
  }

  /// Whether products round their inputs, so that nothing beside them gains by more than bfloat16.
  public var isReducedPrecision: Bool {
    if case .float32 = storage { false } else { true }
  }

  /// The same matrix, by products that round their activations to 7 bits instead of 8 where its weights are int8.
  ///
  /// Two products of a weight with 7 bits fit into 16 bits, which processors without dot products of bytes are faster at.
  /// Every processor gives the same results.
  public var narrowed: WeightMatrix {
    switch storage {
    case .float32: self
    case .panels(let panels): with(.panels(panels.narrowed))
    case .neuronPanels(let panels): with(.neuronPanels(panels.narrowed))
    }
  }

  private func with(_ storage: Storage) -> WeightMatrix {
    WeightMatrix(rows: rows, columns: columns, storage: storage, stride: stride, owner: owner)
  }

  /// Copies one row as float32 into row `target` of `matrix`.
  public func copyRow(_ row: Int, into matrix: MatrixView, row target: Int) {
    precondition(row >= 0 && row < rows && matrix.columns == columns)
    let output = matrix.rowBase(target)
    switch storage {
    case .float32(let base): output.update(from: base + row * stride, count: columns)
    case .panels(let panels): panels.copyOutput(row, into: output)
    case .neuronPanels: preconditionFailure("an input of panels is not stored in one piece")
    }
  }

  /// The matrix as a plan stores it: row-major floats, or panels.
  public func withBytes<Failure>(_ body: (RawSpan) throws(Failure) -> Void) throws(Failure) {
    let memory: UnsafeRawBufferPointer
    switch storage {
    case .float32(let base):
      precondition(stride == columns)
      memory = UnsafeRawBufferPointer(start: base, count: 4 * rows * columns)
    case .panels(let panels), .neuronPanels(let panels):
      memory = UnsafeRawBufferPointer(start: panels.panels, count: panels.byteCount)
    }
    try body(memory.bytes)
  }

  /// Some rows, in place. Of panels, rows that are outputs start at a multiple of 16, rows that are inputs at 0.
  public subscript(rows range: Range<Int>) -> WeightMatrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    let part: Storage
    switch storage {
    case .float32(let base): part = .float32(base + range.lowerBound * stride)
    case .panels(let panels): part = .panels(panels[outputs: range])
    case .neuronPanels(let panels):
      precondition(range.lowerBound == 0)
      part = .neuronPanels(panels.leading(inputs: range.count))
    }
    return WeightMatrix(rows: range.count, columns: columns, storage: part, stride: stride, owner: owner)
  }

  /// The first elements of each row, in place: of a matrix whose rows are outputs, the first inputs.
  public func leading(columns count: Int) -> WeightMatrix {
    precondition(count >= 0 && count <= columns)
    let part: Storage
    switch storage {
    case .float32: part = storage
    case .panels(let panels): part = .panels(panels.leading(inputs: count))
    case .neuronPanels: preconditionFailure("an output of panels is a whole one")
    }
    return WeightMatrix(rows: rows, columns: count, storage: part, stride: stride, owner: owner)
  }

  /// Some of the rows as a matrix of their own in the same format, gathered so that products with it are really
  /// smaller.
  public func gathering(rows selected: [Int], _ workers: Workers) -> WeightMatrix {
    switch storage {
    case .float32:
      let matrix = MatrixView(rows: selected.count, columns: columns)
      // Copying a float costs about as much as a multiply-add.
      workers.split(selected.count, operations: selected.count * columns) { range, _ in
        for index in range { copyRow(selected[index], into: matrix, row: index) }
      }
      return WeightMatrix(matrix)
    case .panels(let panels):
      let (gathered, buffer) = panels.gathering(outputs: selected, workers)
      return WeightMatrix(rows: selected.count, columns: columns, storage: .panels(gathered), owner: buffer)
    case .neuronPanels(let panels):
      let (gathered, buffer) = panels.gathering(inputs: selected, workers)
      return WeightMatrix(
        rows: selected.count, columns: columns, storage: .neuronPanels(gathered), owner: buffer)
    }
  }
}

extension WeightMatrix {
  /// Some of the elements of each row as a matrix of its own in the same format: of a matrix whose rows are outputs, some
  /// inputs.
  package func gathering(columns selected: [Int], _ workers: Workers) -> WeightMatrix {
    switch storage {
    case .float32:
      let matrix = MatrixView(rows: rows, columns: selected.count)
      let row = MatrixView(rows: 1, columns: columns)
      for index in 0..<rows {
        copyRow(index, into: row, row: 0)
        let elements = row.row(0)
        matrix.withRow(index) { target in
          for (place, column) in selected.enumerated() { target[place] = elements[column] }
        }
      }
      return WeightMatrix(matrix)
    case .panels(let panels):
      let (gathered, buffer) = panels.gathering(inputs: selected, workers)
      return WeightMatrix(rows: rows, columns: selected.count, storage: .panels(gathered), owner: buffer)
    case .neuronPanels: preconditionFailure("an output of panels is a whole one")
    }
  }
}

extension PanelMatrix {
  /// Panels in memory that must have just their size.
  fileprivate init(_ encoding: PanelEncoding, _ memory: UnsafeRawBufferPointer, outputs: Int, depth: Int) {
    self.init(
      encoding: encoding, panels: memory.bindMemory(to: UInt8.self).start, outputs: outputs, depth: depth)
    precondition(memory.count == byteCount)
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
