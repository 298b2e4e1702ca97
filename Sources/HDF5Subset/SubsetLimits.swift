/// How much a file may hold. What is beyond is refused, so that reading ends soon whatever the file says.
public struct SubsetLimits: Equatable, Sendable {
  /// Groups and datasets, without the root.
  public var objects = 100_000
  /// Members of a group.
  public var members = 4096
  /// Groups around a group, the root among them.
  public var depth = 8
  /// Attributes of an object.
  public var attributes = 128
  /// Bytes of an attribute's value.
  public var attributeBytes = 60_000
  /// Bytes of one text of a list of texts.
  public var textBytes = 1 << 20
  /// Pieces that a header may be in.
  public var chunks = 8192
  /// Bytes of all headers together.
  public var headerBytes = 32 << 20

  /// The limits of plans.
  public init() {}
}
