/// Where what is known of samples may be: so much memory, and a folder for the rest.
public struct SampleRoom: Sendable {
  /// Most bytes in memory.
  public var bytes: Int
  /// Folder of the file that has the rest.
  public var folder: String

  /// Room in memory, and in a folder.
  public init(bytes: Int, folder: String) {
    self.bytes = bytes
    self.folder = folder
  }

  /// All in memory.
  public static let memory = SampleRoom(bytes: .max, folder: "")

  var store: MatrixStore { MatrixStore(budget: bytes, folder: folder) }
}
