/// The memory of a layer that reads the keys and values of another one: it only counts them.
public final class SharedEntries: LayerMemory {
  /// Rows that the layer has read and not forgotten.
  public private(set) var count = 0

  /// A memory of no rows.
  public init() {}

  /// None of its own.
  public var entryCount: Int { 0 }
  /// None of its own.
  public var visualCount: Int { 0 }
  /// No: they are those of the other layer.
  public var hasEntries: Bool { false }
  /// None.
  public var bytes: Int { 0 }
  /// None.
  public var allocatedBytes: Int { 0 }

  /// Takes in that the layer has read what the other layer's cache holds.
  func follow(_ cache: LayerCache) { count = cache.count }

  /// Forgets that any were read.
  public func reset(capacity rows: Int) { count = 0 }
  /// Nothing.
  public func reserve(_ rows: Int) {}
  /// Nothing: it comes back to any row.
  public func save() {}
  /// Any rows.
  public func returnPoint(atMost rows: Int) -> Int { min(rows, count) }

  /// Forgets the rows after the first `rows`.
  public func truncate(to rows: Int) {
    precondition(rows <= count)
    count = rows
  }

  /// Another count of as many.
  public func copy(reserve: Int) -> any LayerMemory { copy(first: count) }

  /// Another count of the first rows.
  public func copy(first rows: Int) -> any LayerMemory {
    precondition(rows <= count)
    let copy = SharedEntries()
    copy.count = rows
    return copy
  }
}
