import CHDF5
import HDF5

/// Values of any type and shape.
extension Surgery {
  /// Replaces an attribute.
  public func attribute(_ name: String, of path: String, _ value: StoredValue) {
    removeAttribute(name, of: path)
    let object = H5Oopen(file, path, espalier_default_properties())
    defer { H5Oclose(object) }
    withType(of: value) { type, space in
      let defaults = espalier_default_properties()
      let attribute = H5Acreate2(object, name, type, space, defaults, defaults)
      if !value.bytes.isEmpty { H5Awrite(attribute, type, value.bytes) }
      H5Aclose(attribute)
    }
  }

  /// Replaces an attribute by a text of its own length.
  public func text(_ name: String, of path: String, _ text: String) {
    let bytes = text.isEmpty ? [0] : Array(text.utf8)
    attribute(name, of: path, StoredValue(type: .text(bytes: bytes.count), shape: [], bytes: bytes))
  }

  /// Creates a dataset in one piece.
  public func dataset(_ path: String, _ value: StoredValue) {
    withType(of: value) { type, space in
      let creation = Self.creation(espalier_class_dataset_create())
      H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY)
      H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER)
      let defaults = espalier_default_properties()
      H5Dclose(H5Dcreate2(file, path, type, space, defaults, creation, defaults))
      H5Pclose(creation)
    }
    write(value, to: path)
  }

  /// Writes all elements of a dataset, whose type and shape they have.
  public func write(_ value: StoredValue, to path: String) {
    if value.bytes.isEmpty { return }
    let dataset = H5Dopen2(file, path, espalier_default_properties())
    withType(of: value) { type, _ in
      let whole = espalier_whole_space()
      H5Dwrite(dataset, type, whole, whole, espalier_default_properties(), value.bytes)
    }
    H5Dclose(dataset)
  }

  private func withType(of value: StoredValue, _ body: (_ type: hid_t, _ space: hid_t) -> Void) {
    let type = H5Tcopy(Self.base(value.type))
    if case .text(let width) = value.type {
      H5Tset_size(type, max(1, width))
      H5Tset_strpad(type, H5T_STR_NULLPAD)
      H5Tset_cset(type, H5T_CSET_UTF8)
    }
    let extents = value.shape.map { hsize_t($0) }
    let space =
      extents.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(extents.count), extents, nil)
    body(type, space)
    H5Sclose(space)
    H5Tclose(type)
  }

  private static func base(_ type: ElementType) -> hid_t {
    switch type {
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
}
