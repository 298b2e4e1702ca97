internal import CHDF5

/// How the elements of a dataset lie in the file.
public struct DatasetStorage: Equatable, Sendable {
  /// The ways in which HDF5 arranges elements.
  public enum Layout: String, Sendable {
    /// One run of bytes.
    case contiguous
    /// Tiles found through an index.
    case chunked
    /// Inside the object's header.
    case compact
    /// Put together from other datasets.
    case virtual
    /// Something else.
    case unknown
  }

  /// Arrangement of the elements.
  public var layout: Layout
  /// Filters (compression, checksums) the elements pass.
  public var filters: Int
  /// Other files that hold the elements.
  public var externalFiles: Int
  /// Where the elements start in the file, if they are in one place.
  public var offset: Int?
  /// Bytes reserved for the elements.
  public var bytes: Int
}

extension Dataset {
  /// Element type; `nil` when it is not one of `ElementType`.
  public var type: ElementType? {
    guard
      let id = try? Library.check(path, "cannot read type", { H5Dget_type(handle.id) })
    else { return nil }
    return ElementType(datatype: Handle(id, close: { H5Tclose($0) }))
  }

  /// Extents; empty for a scalar, `nil` when there is none or it does not fit.
  public var shape: [Int]? {
    guard
      let id = try? Library.check(path, "cannot read shape", { H5Dget_space(handle.id) })
    else { return nil }
    return HDF5.shape(of: Handle(id, close: { H5Sclose($0) }))
  }

  /// How the elements are stored. Reads none of them.
  public func storage() throws(HDF5Error) -> DatasetStorage {
    let creation = Handle(
      try Library.check(path, "cannot read creation properties") { H5Dget_create_plist(handle.id) },
      close: { H5Pclose($0) })
    let layout: DatasetStorage.Layout =
      switch Library.call({ H5Pget_layout(creation.id) }) {
      case H5D_CONTIGUOUS: .contiguous
      case H5D_CHUNKED: .chunked
      case H5D_COMPACT: .compact
      case H5D_VIRTUAL: .virtual
      default: .unknown
      }
    let filters = try Library.check(path, "cannot count filters") { H5Pget_nfilters(creation.id) }
    let external = try Library.check(path, "cannot count external files") {
      H5Pget_external_count(creation.id)
    }
    let (offset, bytes) = Library.call { (H5Dget_offset(handle.id), H5Dget_storage_size(handle.id)) }
    return DatasetStorage(
      layout: layout, filters: Int(filters), externalFiles: Int(external),
      offset: offset == espalier_undefined_address() ? nil : Int(exactly: offset),
      bytes: Int(clamping: bytes))
  }
}
