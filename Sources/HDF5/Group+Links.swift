internal import CHDF5

/// How a name in a group leads to an object.
public enum LinkKind: Sendable {
  /// To an object of this file.
  case hard
  /// By a path inside the file.
  case soft
  /// By a path in another file.
  case external
  /// Something else.
  case other
}

/// What a link leads to.
public enum ObjectKind: Sendable {
  /// A group.
  case group
  /// A dataset.
  case dataset
  /// A named datatype or something unknown.
  case other
}

/// One entry of a group.
public struct Link: Sendable {
  /// Name within the group.
  public var name: String
  /// How it leads to its object.
  public var kind: LinkKind
}

extension Group {
  /// Number of entries.
  public func linkCount() throws(HDF5Error) -> Int {
    var info = H5G_info_t()
    try Library.check(path, "cannot inspect group") { H5Gget_info(handle.id, &info) }
    return Int(clamping: info.nlinks)
  }

  /// All entries, sorted by name. Follows none of them.
  public func links() throws(HDF5Error) -> [Link] {
    var list: [Link] = []
    for index in 0..<(try linkCount()) { list.append(try link(at: index)) }
    return list
  }

  private func link(at index: Int) throws(HDF5Error) -> Link {
    let (position, defaults) = (hsize_t(index), espalier_default_properties())
    var info = H5L_info_t()
    try Library.check(path, "cannot inspect link \(index)") {
      H5Lget_info_by_idx(handle.id, ".", H5_INDEX_NAME, H5_ITER_INC, position, &info, defaults)
    }
    let name = try readName(path, "cannot read name of link \(index)") { buffer, size in
      H5Lget_name_by_idx(handle.id, ".", H5_INDEX_NAME, H5_ITER_INC, position, buffer, size, defaults)
    }
    let kind: LinkKind =
      switch info.type {
      case H5L_TYPE_HARD: .hard
      case H5L_TYPE_SOFT: .soft
      case H5L_TYPE_EXTERNAL: .external
      default: .other
      }
    return Link(name: name, kind: kind)
  }

  /// What a hard link leads to.
  public func kind(of name: String) throws(HDF5Error) -> ObjectKind {
    let path = memberPath(name)
    let id = try Library.check(path, "cannot open object") {
      H5Oopen(handle.id, name, espalier_default_properties())
    }
    let object = Handle(id, close: { H5Oclose($0) })
    switch Library.call({ H5Iget_type(object.id) }) {
    case H5I_GROUP: return .group
    case H5I_DATASET: return .dataset
    default: return .other
    }
  }
}

/// Reads a name by the library's two-call convention: the length first, then the bytes.
func readName(
  _ object: String, _ operation: String, _ read: (UnsafeMutablePointer<CChar>?, Int) -> Int
) throws(HDF5Error) -> String {
  let length = try Library.check(object, operation) { read(nil, 0) }
  guard length <= 4096 else {
    throw HDF5Error(object: object, operation: "\(operation): longer than 4096 bytes")
  }
  var bytes = [CChar](repeating: 0, count: length + 1)
  try Library.check(object, operation) { read(&bytes, length + 1) }
  guard let name = String(validating: bytes.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self) else {
    throw HDF5Error(object: object, operation: "\(operation): not UTF-8")
  }
  return name
}
