public import CHDF5
import HDF5

/// Operations on a written plan that the wrapper rightly does not offer. Each call is the library's own, under the
/// wrapper's lock.
public struct Surgery {
  let file: hid_t

  /// Opens a plan for writing, lets `body` change it, closes it.
  public static func on(_ path: String, _ body: (Surgery) -> Void) {
    withLibrary {
      let access = H5Pcreate(espalier_class_file_access())
      H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110)
      let file = H5Fopen(path, UInt32(H5F_ACC_RDWR_VALUE), access)
      if file >= 0 { body(Surgery(file: file)) }
      H5Fclose(file)
      H5Pclose(access)
    }
  }

  private static let H5F_ACC_RDWR_VALUE = 1
  private var defaults: hid_t { espalier_default_properties() }

  /// Removes an object.
  public func remove(_ path: String) { H5Ldelete(file, path, defaults) }

  /// Links by a path.
  public func softLink(_ path: String, to target: String) {
    H5Lcreate_soft(target, file, path, defaults, defaults)
  }

  /// Links into another file.
  public func externalLink(_ path: String, to other: String) {
    // The wrapper unregistered this class of links, so a stand-in is registered to write one.
    var kind = H5L_class_t()
    kind.version = H5L_LINK_CLASS_T_VERS
    kind.id = H5L_TYPE_EXTERNAL
    kind.trav_func = { _, _, _, _, _, _ in -1 }
    H5Lregister(&kind)
    // Flags and version, file, object.
    let target: [UInt8] = [0] + Array("\(other)\0/\0".utf8)
    H5Lcreate_ud(file, path, H5L_TYPE_EXTERNAL, target, target.count, defaults, defaults)
    H5Lunregister(H5L_TYPE_EXTERNAL)
  }

  /// Gives an object a second name.
  public func hardLink(_ path: String, to target: String) {
    H5Lcreate_hard(file, target, file, path, defaults, defaults)
  }

  /// Creates a group as the writer does.
  public func group(_ path: String) {
    let creation = Self.creation(espalier_class_group_create())
    H5Pset_link_phase_change(creation, 65535, 65534)
    H5Gclose(H5Gcreate2(file, path, defaults, creation, defaults))
    H5Pclose(creation)
  }

  /// Properties of an object as the writer sets them for all kinds.
  static func creation(_ kind: hid_t) -> hid_t {
    let creation = H5Pcreate(kind)
    H5Pset_obj_track_times(creation, false)
    H5Pset_attr_phase_change(creation, 65535, 65534)
    return creation
  }

  /// How a dataset that replaces another one is stored.
  public enum Storage {
    /// In one piece.
    case contiguous
    /// In the header.
    case compact
    /// In chunks.
    case chunked
    /// In compressed chunks.
    case deflated
    /// In another file.
    case external(String)
    /// Nowhere yet.
    case late
  }

  /// Creates a dataset without elements of its own, as the writer does but for its storage.
  public func dataset(_ path: String, _ shape: [Int], type: hid_t? = nil, _ storage: Storage = .contiguous) {
    let creation = Self.creation(espalier_class_dataset_create())
    let extents = shape.map { hsize_t($0) }
    let elements = type ?? espalier_type_float32()
    H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY)
    H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER)
    switch storage {
    case .contiguous: break
    case .compact: H5Pset_layout(creation, H5D_COMPACT)
    case .chunked: H5Pset_chunk(creation, Int32(extents.count), extents)
    case .deflated:
      H5Pset_chunk(creation, Int32(extents.count), extents)
      H5Pset_deflate(creation, 1)
    case .external(let other): H5Pset_external(creation, other, 0, extents.reduce(4, *))
    case .late: H5Pset_alloc_time(creation, H5D_ALLOC_TIME_LATE)
    }
    let space = H5Screate_simple(Int32(extents.count), extents, nil)
    H5Dclose(H5Dcreate2(file, path, elements, space, defaults, creation, defaults))
    H5Sclose(space)
    H5Pclose(creation)
  }

  /// Removes an attribute.
  public func removeAttribute(_ name: String, of path: String) {
    H5Adelete_by_name(file, path, name, defaults)
  }

  /// Replaces an attribute.
  public func attribute<Value: BitwiseCopyable>(
    _ name: String, of path: String, type: hid_t, _ values: [Value], scalar: Bool = true
  ) {
    removeAttribute(name, of: path)
    let object = H5Oopen(file, path, defaults)
    let count = [hsize_t(values.count)]
    let space = scalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, count, nil)
    let attribute = H5Acreate2(object, name, type, space, defaults, defaults)
    values.withUnsafeBytes { _ = H5Awrite(attribute, type, $0.baseAddress) }
    H5Aclose(attribute)
    H5Sclose(space)
    H5Oclose(object)
  }

  /// Replaces an attribute by text of no fixed length.
  public func variableLengthAttribute(_ name: String, of path: String) {
    removeAttribute(name, of: path)
    let object = H5Oopen(file, path, defaults)
    let type = H5Tcopy(espalier_type_string())
    H5Tset_size(type, -1)
    let space = H5Screate(H5S_SCALAR)
    H5Aclose(H5Acreate2(object, name, type, space, defaults, defaults))
    H5Sclose(space)
    H5Tclose(type)
    H5Oclose(object)
  }
}
