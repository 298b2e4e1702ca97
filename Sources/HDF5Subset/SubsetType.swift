/// The element types of the subset: little-endian numbers and strings of fixed length.
public enum SubsetType: Hashable, Sendable, CustomStringConvertible {
  /// IEEE 754 binary32.
  case float32
  /// IEEE 754 binary64.
  case float64
  /// Signed, 32 bits.
  case int32
  /// Signed, 64 bits.
  case int64
  /// Unsigned, 8 bits.
  case uint8
  /// Unsigned, 16 bits.
  case uint16
  /// Unsigned, 64 bits.
  case uint64
  /// UTF-8 text, padded with zero bytes to this many bytes. Whether it is UTF-8 is not checked.
  case text(bytes: Int)

  /// Bytes of one element.
  public var size: Int {
    switch self {
    case .uint8: 1
    case .uint16: 2
    case .float32, .int32: 4
    case .float64, .int64, .uint64: 8
    case .text(let bytes): bytes
    }
  }

  /// Name for messages.
  public var description: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    case .uint16: "uint16"
    case .uint64: "uint64"
    case .text(let bytes): "text(\(bytes))"
    }
  }
}
