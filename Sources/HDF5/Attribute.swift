internal import CHDF5

/// An attribute as found in a file: a small value beside a group or dataset.
public struct Attribute: Sendable {
  /// Name.
  public var name: String
  /// Element type; `nil` when it is not one of `ElementType`.
  public var type: ElementType?
  /// Extents; empty for a scalar, `nil` when there is none.
  public var shape: [Int]?
  private let object: String
  private let handle: Handle
  private let datatype: Handle

  init(name: String, object: String, handle: Handle) throws(HDF5Error) {
    self.name = name
    self.object = object
    self.handle = handle
    let type = try Library.check(object, "cannot read type of attribute '\(name)'") { H5Aget_type(handle.id) }
    let space = try Library.check(object, "cannot read shape of attribute '\(name)'") {
      H5Aget_space(handle.id)
    }
    datatype = Handle(type, close: { H5Tclose($0) })
    self.type = ElementType(datatype: datatype)
    shape = HDF5.shape(of: Handle(space, close: { H5Sclose($0) }))
  }

  /// The value's bytes in the stored type; throws when there are more than `limit`.
  public func bytes(limit: Int) throws(HDF5Error) -> [UInt8] {
    var count = 1
    guard let type, let shape else {
      throw HDF5Error(
        object: object, operation: "attribute '\(name)' has a type or shape that is not accepted")
    }
    for extent in [type.size] + shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= limit else {
        throw HDF5Error(object: object, operation: "attribute '\(name)' is longer than \(limit) bytes")
      }
      count = product
    }
    var bytes = [UInt8](repeating: 0, count: count)
    if count > 0 {
      // Read in the file's own type: nothing is converted.
      try Library.check(object, "cannot read attribute '\(name)'") { H5Aread(handle.id, datatype.id, &bytes) }
    }
    return bytes
  }
}

/// Something that attributes can be attached to: a group or a dataset.
public protocol AttributeOwner: Sendable {
  /// Path inside the file.
  var path: String { get }
  /// The library's identifier, for this module's use.
  var attributeOwner: AttributeOwnerIdentifier { get }
}

/// An identifier of the library that only this module can read.
public struct AttributeOwnerIdentifier: Sendable {
  let handle: Handle
}

extension Group {
  /// The identifier attributes are attached to.
  public var attributeOwner: AttributeOwnerIdentifier { AttributeOwnerIdentifier(handle: handle) }
}

extension Dataset {
  /// The identifier attributes are attached to.
  public var attributeOwner: AttributeOwnerIdentifier { AttributeOwnerIdentifier(handle: handle) }
}

extension AttributeOwner {
  private var id: hid_t { attributeOwner.handle.id }

  /// Number of attributes.
  public func attributeCount() throws(HDF5Error) -> Int {
    Int(try Library.check(path, "cannot count attributes") { H5Aget_num_attrs(id) })
  }

  /// All attributes, sorted by name.
  public func attributes() throws(HDF5Error) -> [Attribute] {
    let defaults = espalier_default_properties()
    var list: [Attribute] = []
    for index in 0..<(try attributeCount()) {
      let position = hsize_t(index)
      let name = try readName(path, "cannot read name of attribute \(index)") { buffer, size in
        H5Aget_name_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_INC, position, buffer, size, defaults)
      }
      let attribute = try Library.check(path, "cannot open attribute '\(name)'") {
        H5Aopen(id, name, defaults)
      }
      list.append(
        try Attribute(name: name, object: path, handle: Handle(attribute, close: { H5Aclose($0) })))
    }
    return list
  }

  /// Writes an attribute from bytes in the stored type; an empty shape is a scalar.
  public func writeAttribute(
    _ name: String, type: ElementType, shape: [Int] = [], bytes: [UInt8]
  ) throws(HDF5Error) {
    guard shape.reduce(type.size, *) == bytes.count else {
      throw HDF5Error(object: path, operation: "\(bytes.count) bytes do not fill attribute '\(name)'")
    }
    let (datatype, space) = (try type.makeDatatype(path), try makeDataspace(path, shape: shape))
    let defaults = espalier_default_properties()
    let handle = Handle(
      try Library.check(path, "cannot create attribute '\(name)'") {
        H5Acreate2(id, name, datatype.id, space.id, defaults, defaults)
      }, failures: attributeOwner.handle.failures, close: { H5Aclose($0) })
    if bytes.isEmpty { return }
    try Library.check(path, "cannot write attribute '\(name)'") { H5Awrite(handle.id, datatype.id, bytes) }
  }

  /// Writes a number.
  public func writeAttribute<Scalar: HDF5Scalar>(_ name: String, _ value: Scalar) throws(HDF5Error) {
    try writeAttribute(name, type: Scalar.elementType, bytes: littleEndianBytes([value]))
  }

  /// Writes a list of numbers.
  public func writeAttribute<Scalar: HDF5Scalar>(_ name: String, _ values: [Scalar]) throws(HDF5Error) {
    try writeAttribute(
      name, type: Scalar.elementType, shape: [values.count], bytes: littleEndianBytes(values))
  }

  /// Writes text as a string of fixed length.
  public func writeAttribute(_ name: String, _ text: String) throws(HDF5Error) {
    let bytes = text.isEmpty ? [0] : Array(text.utf8)
    try writeAttribute(name, type: .text(bytes: bytes.count), bytes: bytes)
  }
}

/// The bytes of numbers as they lie in memory; every supported machine is little-endian.
func littleEndianBytes<Scalar: HDF5Scalar>(_ values: [Scalar]) -> [UInt8] {
  values.withUnsafeBytes { Array($0) }
}
