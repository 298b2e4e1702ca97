/// A group or a dataset.
public struct SubsetObject: Equatable, Sendable {
  /// Path from the root, which is `/`.
  public var path: String
  /// Attributes, sorted by name.
  public var attributes: [SubsetAttribute]
  /// The elements of a dataset; `nil` for a group.
  public var elements: SubsetElements?

  /// Creates an object.
  public init(path: String, attributes: [SubsetAttribute], elements: SubsetElements? = nil) {
    self.path = path
    self.attributes = attributes
    self.elements = elements
  }
}

/// What a dataset holds, and where.
public struct SubsetElements: Equatable, Sendable {
  /// Type of an element.
  public var type: SubsetType
  /// One to three extents.
  public var shape: [Int]
  /// Place in the file, of as many bytes as type and shape say; `0..<0` when there are none.
  public var range: Range<Int>

  /// Creates a description of elements.
  public init(type: SubsetType, shape: [Int], range: Range<Int>) {
    self.type = type
    self.shape = shape
    self.range = range
  }
}

/// A small value beside a group or dataset.
public struct SubsetAttribute: Equatable, Sendable {
  /// Name.
  public var name: String
  /// Type of an element.
  public var type: SubsetType
  /// One extent, or none for a scalar.
  public var shape: [Int]
  /// The elements as they are stored, as many bytes as type and shape say.
  public var bytes: [UInt8]

  /// Creates an attribute.
  public init(name: String, type: SubsetType, shape: [Int], bytes: [UInt8]) {
    self.name = name
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }
}
