internal import CHDF5
internal import Glibc

/// An open HDF5 file. Everything in it is reached from `root`.
public final class File: Sendable {
  /// Path it was opened by.
  public let path: String
  private let handle: Handle

  private init(path: String, handle: Handle) {
    self.path = path
    self.handle = handle
  }

  /// Creates a file whose bytes depend on what is written only: superblock 3, no user block, datasets of a
  /// page or more aligned to pages, no time stamps.
  ///
  /// - Parameters:
  ///   - replacing: whether an existing file is truncated; otherwise its existence is an error.
  ///   - metadataBlock: bytes that object headers are allocated in at a time.
  ///   - smallDataBlock: bytes that datasets under a page are allocated in at a time.
  public static func create(
    _ path: String, replacing: Bool = true, metadataBlock: Int = 2048, smallDataBlock: Int = 2048
  ) throws(HDF5Error) -> File {
    let creation = try propertyList(path, espalier_class_file_create)
    let access = try unlockedAccess(path)
    try Library.check(path, "cannot set user block") { H5Pset_userblock(creation.id, 0) }
    try Library.check(path, "cannot set object times") { H5Pset_obj_track_times(creation.id, false) }
    try keepCompact(creation, path)
    try Library.check(path, "cannot set format version") {
      H5Pset_libver_bounds(access.id, H5F_LIBVER_V110, H5F_LIBVER_V110)
    }
    try Library.check(path, "cannot set alignment") {
      H5Pset_alignment(access.id, hsize_t(alignment), hsize_t(alignment))
    }
    try Library.check(path, "cannot set metadata block") {
      H5Pset_meta_block_size(access.id, hsize_t(max(0, metadataBlock)))
    }
    try Library.check(path, "cannot set small data block") {
      H5Pset_small_data_block_size(access.id, hsize_t(max(0, smallDataBlock)))
    }
    let flags = replacing ? espalier_create_truncating() : espalier_create_exclusive()
    let id = try Library.check(path, "cannot create file") { H5Fcreate(path, flags, creation.id, access.id) }
    return File(path: path, handle: Handle(id, failures: CloseFailures(), close: { H5Fclose($0) }))
  }

  /// Datasets of this many bytes or more start at a multiple of it.
  public static let alignment = 4096

  /// Opens a file for reading.
  ///
  /// Without a lock, as for writing: files are only ever replaced whole, and a lock fails on file systems that have none, or while a
  /// process that was just started still holds a descriptor of ours.
  public static func open(_ path: String) throws(HDF5Error) -> File {
    let access = try unlockedAccess(path)
    let id = try Library.check(path, "cannot open as HDF5") {
      H5Fopen(path, espalier_open_read_only(), access.id)
    }
    return File(path: path, handle: Handle(id, close: { H5Fclose($0) }))
  }

  private static func unlockedAccess(_ path: String) throws(HDF5Error) -> Handle {
    let access = try propertyList(path, espalier_class_file_access)
    try Library.check(path, "cannot switch locking off") { H5Pset_file_locking(access.id, false, true) }
    return access
  }

  /// The root group.
  public func root() throws(HDF5Error) -> Group {
    let id = try Library.check("/", "cannot open root group") {
      H5Gopen2(handle.id, "/", espalier_default_properties())
    }
    return Group(path: "/", handle: Handle(id, failures: handle.failures, close: { H5Gclose($0) }))
  }

  /// Writes everything that the library still holds in memory. What could not be written when an object was closed is an
  /// error now.
  public func flush() throws(HDF5Error) {
    try handle.failures?.check()
    try Library.check(path, "cannot write file") { H5Fflush(handle.id, H5F_SCOPE_GLOBAL) }
  }

  /// Writes everything and closes the file; groups and datasets of it must be gone by then, or the library
  /// keeps the file open for them.
  ///
  /// Without this call the file is closed when the value goes, and a failure then goes unnoticed.
  public func close() throws(HDF5Error) {
    try handle.failures?.check()
    try handle.close(path)
  }

  /// Device and inode of the file the library really opened, to compare with a descriptor of one's own.
  public func identity() throws(HDF5Error) -> (device: UInt64, inode: UInt64) {
    var pointer: UnsafeMutableRawPointer?
    try Library.check(path, "cannot get file descriptor") {
      H5Fget_vfd_handle(handle.id, espalier_default_properties(), &pointer)
    }
    var status = stat()
    // The default driver's handle is an `int`, valid as long as the file is open.
    guard let descriptor = pointer?.load(as: Int32.self), fstat(descriptor, &status) == 0 else {
      throw HDF5Error(object: path, operation: "cannot inspect file", systemError: errno)
    }
    return (UInt64(status.st_dev), UInt64(status.st_ino))
  }
}

/// Links and attributes stay in the object's header: the simplest form a reader can meet.
func keepCompact(_ creation: Handle, _ object: String) throws(HDF5Error) {
  try Library.check(object, "cannot set link storage") { H5Pset_link_phase_change(creation.id, 65535, 65534) }
  try keepAttributesCompact(creation, object)
}

func keepAttributesCompact(_ creation: Handle, _ object: String) throws(HDF5Error) {
  try Library.check(object, "cannot set attribute storage") {
    H5Pset_attr_phase_change(creation.id, 65535, 65534)
  }
}
