/// What one decoder layer keeps of a sequence: keys and values, or the state of a recurrence.
///
/// It belongs to one sequence; `copy` makes another one for a branch of it.
public protocol LayerMemory: AnyObject {
  /// Rows that the layer has read and not forgotten.
  var count: Int { get }
  /// Entries of each KV head; 0 for a layer that has none.
  var entryCount: Int { get }
  /// Entries that belong to visual tokens, the same number in every head.
  var visualCount: Int { get }
  /// Whether there is an entry a row, so that rows can be freed and forgotten one by one.
  var hasEntries: Bool { get }
  /// Bytes of what is in use.
  var bytes: Int { get }
  /// Bytes of memory, rows that there is room for included.
  var allocatedBytes: Int { get }

  /// Forgets everything and makes room for so many rows.
  func reset(capacity rows: Int)
  /// Makes room for `rows` more.
  func reserve(_ rows: Int)
  /// Keeps what is needed to come back to the rows that have been read up to now.
  func save()
  /// The most rows, no more than `rows`, that it can come back to.
  func returnPoint(atMost rows: Int) -> Int
  /// Forgets the rows after the first `rows`, which must all be text; it must be able to come back to them.
  func truncate(to rows: Int)
  /// A copy with memory of its own and room for `reserve` more rows.
  func copy(reserve: Int) -> any LayerMemory
  /// A copy of the first rows, which it must be able to come back to; those behind them must all be text.
  func copy(first rows: Int) -> any LayerMemory
}
