internal import CHDF5

/// The element types Espalier writes and accepts: little-endian numbers and strings of fixed length.
public enum ElementType: Hashable, Sendable, CustomStringConvertible {
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
  /// UTF-8 text, padded with zero bytes to this many bytes.
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

/// A Swift number that is stored as it lies in memory on a little-endian machine.
public protocol HDF5Scalar: BitwiseCopyable, Sendable {
  /// The stored type.
  static var elementType: ElementType { get }
}

extension Float: HDF5Scalar {
  /// Stored as `float32`.
  public static var elementType: ElementType { .float32 }
}
extension Double: HDF5Scalar {
  /// Stored as `float64`.
  public static var elementType: ElementType { .float64 }
}
extension Int32: HDF5Scalar {
  /// Stored as `int32`.
  public static var elementType: ElementType { .int32 }
}
extension Int64: HDF5Scalar {
  /// Stored as `int64`.
  public static var elementType: ElementType { .int64 }
}
extension UInt8: HDF5Scalar {
  /// Stored as `uint8`.
  public static var elementType: ElementType { .uint8 }
}
extension UInt16: HDF5Scalar {
  /// Stored as `uint16`.
  public static var elementType: ElementType { .uint16 }
}
extension UInt64: HDF5Scalar {
  /// Stored as `uint64`.
  public static var elementType: ElementType { .uint64 }
}

extension ElementType {
  private static let numbers: [ElementType] = [.float32, .float64, .int32, .int64, .uint8, .uint16, .uint64]

  /// The library's own identifier of a number type; never closed. Call under the lock.
  private var standard: hid_t {
    switch self {
    case .float32: espalier_type_float32()
    case .float64: espalier_type_float64()
    case .int32: espalier_type_int32()
    case .int64: espalier_type_int64()
    case .uint8: espalier_type_uint8()
    case .uint16: espalier_type_uint16()
    case .uint64: espalier_type_uint64()
    case .text: espalier_type_string()
    }
  }

  /// A datatype for creating datasets and attributes.
  func makeDatatype(_ object: String) throws(HDF5Error) -> Handle {
    let type = Handle(
      try Library.check(object, "cannot create datatype") { H5Tcopy(standard) }, close: { H5Tclose($0) })
    if case .text(let bytes) = self {
      try Library.check(object, "cannot set string length") { H5Tset_size(type.id, bytes) }
      try Library.check(object, "cannot set string padding") { H5Tset_strpad(type.id, H5T_STR_NULLPAD) }
      try Library.check(object, "cannot set character set") { H5Tset_cset(type.id, H5T_CSET_UTF8) }
    }
    return type
  }

  /// Recognises a datatype found in a file; `nil` for every type that Espalier does not accept.
  init?(datatype: Handle) {
    let id = datatype.id
    let found = Library.call { () -> ElementType? in
      if H5Tget_class(id) == H5T_STRING {
        let size = H5Tget_size(id)
        guard H5Tis_variable_str(id) == 0, H5Tget_strpad(id) == H5T_STR_NULLPAD, size > 0, size <= 1 << 20
        else { return nil }
        return .text(bytes: size)
      }
      return Self.numbers.first { H5Tequal(id, $0.standard) > 0 }
    }
    guard let found else { return nil }
    self = found
  }
}
