public import HDF5

/// An attribute or the elements of a dataset, as a file holds them.
public struct StoredValue: Sendable {
  /// Type of an element.
  public var type: ElementType
  /// Extents; none for a scalar.
  public var shape: [Int]
  /// The elements, as many as type and shape say.
  public var bytes: [UInt8]

  /// Creates a value.
  public init(type: ElementType, shape: [Int], bytes: [UInt8]) {
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }
}
