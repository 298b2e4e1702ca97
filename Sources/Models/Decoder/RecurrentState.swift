import Compute

/// The state of a layer that reads its rows one after the other: the last rows that its convolution filtered, and what it
/// remembers of all of them where it has such a memory.
///
/// Nothing of it can be freed. A row that was pruned before the layer was never part of it. It goes back only to places
/// that were saved.
public final class RecurrentState: LayerMemory {
  /// Columns of a row.
  public let width: Int
  /// Rows that a filter sees before its own.
  public let depth: Int
  /// Rows that have been read.
  public private(set) var count = 0
  /// The last rows, the latest last; zero where there were none yet, `[depth x width]`.
  private(set) var rows: MatrixView
  /// What a recurrence remembers of all rows, which whoever appends them brings up to date; of no rows where the layer is a
  /// convolution alone.
  let memory: MatrixView
  /// Places to come back to, ascending.
  private var saved: [Place] = []

  private struct Place {
    var count: Int
    /// Nobody changes these.
    var rows, memory: MatrixView
  }

  /// Places that are kept: the end of the pictures, and the last ones.
  private static let savedPlaces = 3

  /// A state before any row; `memory` are the extents of what is remembered of all rows.
  public init(width: Int, depth: Int, memory: (rows: Int, columns: Int) = (0, 0)) {
    self.width = width
    self.depth = depth
    rows = MatrixView(rows: depth, columns: width)
    self.memory = MatrixView(rows: memory.rows, columns: memory.columns)
  }

  /// None.
  public var entryCount: Int { 0 }
  /// None.
  public var visualCount: Int { 0 }
  /// No.
  public var hasEntries: Bool { false }
  /// Bytes of the state and of places to come back to.
  public var bytes: Int { 4 * (depth * width + memory.rows * memory.columns) * (1 + saved.count) }
  /// The same.
  public var allocatedBytes: Int { bytes }

  /// Goes back to before the first row.
  public func reset(capacity: Int) {
    count = 0
    rows.fill(0)
    memory.fill(0)
    saved = []
  }

  /// Nothing: it is as large as it ever is.
  public func reserve(_ rows: Int) {}

  /// Keeps the state as it is.
  public func save() {
    guard count > (saved.last?.count ?? 0) else { return }
    // The first is where the pictures end: any question begins there.
    if saved.count == Self.savedPlaces { saved.remove(at: 1) }
    saved.append(Place(count: count, rows: rows.copy(), memory: memory.copy()))
  }

  /// The last place that was kept, or the beginning.
  public func returnPoint(atMost rows: Int) -> Int {
    rows >= count ? count : saved.last { $0.count <= rows }?.count ?? 0
  }

  /// Goes back to a place that was kept.
  public func truncate(to rows: Int) {
    guard rows < count else { return precondition(rows == count) }
    saved.removeAll { $0.count > rows }
    if rows == 0 { return reset(capacity: 0) }
    guard let place = saved.last, place.count == rows else {
      preconditionFailure("the state after \(rows) rows was not saved")
    }
    count = rows
    self.rows.copy(from: place.rows)
    memory.copy(from: place.memory)
  }

  /// A state that goes its own way, with the same places to come back to.
  public func copy(reserve: Int) -> any LayerMemory { copied }

  /// The same after the first rows, a place that was kept.
  public func copy(first rows: Int) -> any LayerMemory {
    let copy = copied
    copy.truncate(to: rows)
    return copy
  }

  private var copied: RecurrentState {
    let copy = RecurrentState(width: width, depth: depth, memory: (memory.rows, memory.columns))
    copy.rows.copy(from: rows)
    copy.memory.copy(from: memory)
    (copy.count, copy.saved) = (count, saved)
    return copy
  }

  /// Takes in that `inputs`, `[n x width]`, were read; of them the last `question` belong to the text behind the pictures,
  /// to whose beginning the state can come back.
  func append(_ inputs: MatrixView, question: Int = 0) {
    let before = inputs.rows - question
    if question > 0, before > 0 {
      take(inputs[rows: 0..<before])
      save()
      take(inputs[rows: before..<inputs.rows])
    } else {
      take(inputs)
    }
  }

  private func take(_ inputs: MatrixView) {
    let fresh = min(depth, inputs.rows)
    // The rows that stay move up, from the first to the last: none is overwritten before it was read.
    for row in 0..<depth - fresh {
      rows[rows: row..<row + 1].copy(from: rows[rows: row + fresh..<row + fresh + 1])
    }
    rows[rows: depth - fresh..<depth].copy(from: inputs[rows: inputs.rows - fresh..<inputs.rows])
    count += inputs.rows
  }
}
