internal import CHDF5

/// A group: a folder of groups and datasets.
public final class Group: AttributeOwner, Sendable {
  /// Path inside the file.
  public let path: String
  let handle: Handle

  init(path: String, handle: Handle) {
    self.path = path
    self.handle = handle
  }

  /// Path of a member.
  func memberPath(_ name: String) -> String { path == "/" ? "/\(name)" : "\(path)/\(name)" }

  /// Creates a group below this one.
  public func createGroup(_ name: String) throws(HDF5Error) -> Group {
    let path = memberPath(name)
    let creation = try propertyList(path, espalier_class_group_create)
    try Library.check(path, "cannot set object times") { H5Pset_obj_track_times(creation.id, false) }
    try keepCompact(creation, path)
    let defaults = espalier_default_properties()
    let id = try Library.check(path, "cannot create group") {
      H5Gcreate2(handle.id, name, defaults, creation.id, defaults)
    }
    return Group(path: path, handle: Handle(id, failures: handle.failures, close: { H5Gclose($0) }))
  }

  /// Opens a group below this one.
  public func group(_ name: String) throws(HDF5Error) -> Group {
    let path = memberPath(name)
    let id = try Library.check(path, "cannot open group") {
      H5Gopen2(handle.id, name, espalier_default_properties())
    }
    return Group(path: path, handle: Handle(id, failures: handle.failures, close: { H5Gclose($0) }))
  }

  /// Opens a dataset below this group.
  public func dataset(_ name: String) throws(HDF5Error) -> Dataset {
    let path = memberPath(name)
    let id = try Library.check(path, "cannot open dataset") {
      H5Dopen2(handle.id, name, espalier_default_properties())
    }
    return Dataset(path: path, handle: Handle(id, failures: handle.failures, close: { H5Dclose($0) }))
  }

  /// Creates a contiguous, unfiltered dataset whose space is allocated now and never filled.
  public func createDataset(_ name: String, type: ElementType, shape: [Int]) throws(HDF5Error) -> Dataset {
    let path = memberPath(name)
    let creation = try propertyList(path, espalier_class_dataset_create)
    try Library.check(path, "cannot set layout") { H5Pset_layout(creation.id, H5D_CONTIGUOUS) }
    try Library.check(path, "cannot set allocation") { H5Pset_alloc_time(creation.id, H5D_ALLOC_TIME_EARLY) }
    try Library.check(path, "cannot set filling") { H5Pset_fill_time(creation.id, H5D_FILL_TIME_NEVER) }
    try Library.check(path, "cannot set object times") { H5Pset_obj_track_times(creation.id, false) }
    try keepAttributesCompact(creation, path)
    let datatype = try type.makeDatatype(path)
    let space = try makeDataspace(path, shape: shape)
    let defaults = espalier_default_properties()
    let id = try Library.check(path, "cannot create dataset") {
      H5Dcreate2(handle.id, name, datatype.id, space.id, defaults, creation.id, defaults)
    }
    return Dataset(path: path, handle: Handle(id, failures: handle.failures, close: { H5Dclose($0) }))
  }

  /// Creates a dataset and writes all of it.
  @discardableResult
  public func createDataset<Scalar: HDF5Scalar>(
    _ name: String, _ values: [Scalar], shape: [Int]? = nil
  ) throws(HDF5Error) -> Dataset {
    let dataset = try createDataset(name, type: Scalar.elementType, shape: shape ?? [values.count])
    try dataset.write(values)
    return dataset
  }
}

/// A simple dataspace; an empty shape is a scalar.
func makeDataspace(_ object: String, shape: [Int]) throws(HDF5Error) -> Handle {
  var extents: [hsize_t] = []
  for extent in shape {
    guard let extent = hsize_t(exactly: extent) else {
      throw HDF5Error(object: object, operation: "negative extent in shape \(shape)")
    }
    extents.append(extent)
  }
  let id = try Library.check(object, "cannot create dataspace of shape \(shape)") {
    extents.isEmpty
      ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(truncatingIfNeeded: extents.count), extents, nil)
  }
  return Handle(id, close: { H5Sclose($0) })
}

/// Extents of a dataspace: empty for a scalar, `nil` for a null space or more than 32 dimensions.
func shape(of space: Handle) -> [Int]? {
  let extents = Library.call { () -> [hsize_t]? in
    switch H5Sget_simple_extent_type(space.id) {
    case H5S_SCALAR: return []
    case H5S_SIMPLE:
      let rank = H5Sget_simple_extent_ndims(space.id)
      guard (0...32).contains(rank) else { return nil }
      var extents = [hsize_t](repeating: 0, count: Int(rank))
      return H5Sget_simple_extent_dims(space.id, &extents, nil) == rank ? extents : nil
    default: return nil
    }
  }
  guard let extents else { return nil }
  let shape = extents.compactMap { Int(exactly: $0) }
  return shape.count == extents.count ? shape : nil
}
