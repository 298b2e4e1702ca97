import Compute
import Foundation
import HDF5

/// Matrices that are kept for later: in memory as far as they fit, the others in a file.
///
/// The file is HDF5, has lost its name, and goes with the process. Room in it that a matrix no longer needs is used again
/// by the next one of its shape.
final class MatrixStore {
  /// Most bytes of matrices in memory.
  let budget: Int
  /// Where the file is made, once it is needed.
  private let folder: String
  private var root: Group?
  private var file: File?
  /// Bytes in memory.
  private(set) var bytes = 0
  /// The most that were in memory at once.
  private(set) var peakBytes = 0
  /// Matrices that were ever written.
  private(set) var written = 0
  /// Those in memory, by when they were last used.
  private var resident: [Int: Weak] = [:]
  private var clock = 0
  /// Datasets that are nobody's, by shape.
  fileprivate var free: [[Int]: [Dataset]] = [:]

  private struct Weak { weak var matrix: KeptMatrix? }

  /// Keeps up to `budget` bytes in memory and the others in a file in `folder`.
  init(budget: Int, folder: String) {
    self.budget = budget
    self.folder = folder
  }

  /// Keeps a matrix, which nobody changes any more.
  func keep(_ matrix: MatrixView) throws -> KeptMatrix {
    let kept = KeptMatrix(matrix, self)
    try touch(kept, adding: kept.byteCount)
    return kept
  }

  /// Notes a use, and makes room for what came into memory by it.
  fileprivate func touch(_ kept: KeptMatrix, adding size: Int = 0) throws {
    resident[kept.lastUse] = nil
    clock += 1
    kept.lastUse = clock
    resident[clock] = Weak(matrix: kept)
    bytes += size
    peakBytes = max(peakBytes, bytes)
    while bytes > budget, let oldest = resident.keys.min(), oldest != clock {
      if let victim = resident[oldest]?.matrix {
        try naming { try victim.leaveMemory() }
        bytes -= victim.byteCount
      }
      resident[oldest] = nil
    }
  }

  /// Begins to look for the most bytes anew.
  func forgetPeak() { peakBytes = bytes }

  /// Runs work on the file; what goes wrong names its folder.
  fileprivate func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as HDF5Error {
      throw CalibrationError("\(folder): what is known of samples cannot be kept there: \(error)")
    }
  }

  fileprivate func forget(_ lastUse: Int, byteCount: Int) {
    if resident.removeValue(forKey: lastUse) != nil { bytes -= byteCount }
  }

  /// A dataset for a matrix of some shape.
  fileprivate func dataset(shape: [Int]) throws -> Dataset {
    if let found = free[shape]?.popLast() { return found }
    if root == nil {
      let path = "\(folder)/.espalier-samples-\(UUID().uuidString)"
      let made = try File.create(path, replacing: false)
      unlink(path)
      (file, root) = (made, try made.root())
    }
    written += 1
    guard let root else { throw CalibrationError("\(folder): no file for samples") }
    return try root.createDataset("\(written)", type: .float32, shape: shape)
  }
}

/// A matrix of a store, in memory or in its file.
final class KeptMatrix {
  private let store: MatrixStore
  private var matrix: MatrixView?
  private var dataset: Dataset?
  private let shape: [Int]
  fileprivate var lastUse = 0

  /// Bytes of its numbers.
  var byteCount: Int { 4 * shape[0] * shape[1] }

  fileprivate init(_ matrix: MatrixView, _ store: MatrixStore) {
    self.matrix = matrix
    self.store = store
    shape = [matrix.rows, matrix.columns]
  }

  /// The matrix, which is not to be changed.
  func load() throws -> MatrixView {
    if let matrix {
      try store.touch(self)
      return matrix
    }
    let values: [Float] = try store.naming { try dataset?.read() ?? [] }
    let loaded = MatrixView(rows: shape[0], columns: shape[1], elements: values)
    matrix = loaded
    try store.touch(self, adding: byteCount)
    return loaded
  }

  fileprivate func leaveMemory() throws {
    if dataset == nil, let matrix, byteCount > 0 {
      let dataset = try store.dataset(shape: shape)
      try dataset.write(matrix.elements)
      self.dataset = dataset
    }
    if byteCount > 0 { matrix = nil }
  }

  deinit {
    store.forget(lastUse, byteCount: byteCount)
    if let dataset { store.free[shape, default: []].append(dataset) }
  }
}
