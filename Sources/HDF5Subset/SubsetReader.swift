/// Reads the structure of an HDF5 file, accepting only the features that this project's writer uses, in the very form
/// in which it uses them.
///
/// A file is read in two steps: first the root's attributes alone, by which the caller decides whether it knows such
/// files at all, then all objects. Whatever the bytes are, the outcome is objects or an error; no byte outside of the
/// file is touched, and elements are not touched at all. The time grows with the bytes of the headers.
///
/// ```swift
/// let reader = try SubsetReader(mapping.bytes)
/// try checkVersion(reader.rootAttributes())
/// for object in try reader.objects(ignoring: "x_") { ... }
/// ```
public struct SubsetReader {
  private let file: UnsafeRawBufferPointer
  private let limits: SubsetLimits
  private let root: UInt64

  /// Checks the superblock.
  ///
  /// - Parameters:
  ///   - file: all bytes of the file, which must stay valid and unchanged for as long as the reader is used. What the
  ///     reader returns refers to them by offsets only.
  ///   - limits: how much the file may hold.
  public init(_ file: UnsafeRawBufferPointer, limits: SubsetLimits = SubsetLimits()) throws(SubsetError) {
    self.file = file
    self.limits = limits
    root = try Superblock(file).root
  }

  /// The attributes of the root, sorted by name. Nothing else of the root is looked at.
  public func rootAttributes() throws(SubsetError) -> [SubsetAttribute] {
    var claims = Claims(fileSize: file.count, limits: limits)
    var reader = try HeaderReader(file, at: root, of: "/", limits: limits, &claims)
    return try ObjectHeader.attributes(&reader, of: "/", limits: limits, &claims)
  }

  /// All groups and datasets: the root, then what is below it, members in the order of their names.
  ///
  /// - Parameter prefix: members of the root whose names begin so are neither followed nor checked.
  public func objects(ignoring prefix: String? = nil) throws(SubsetError) -> [SubsetObject] {
    var walk = Walk(file, limits: limits, root: root)
    try walk.run(ignoring: prefix)
    return walk.objects
  }
}
