internal import Glibc

/// Where an output goes, once its links are followed.
struct OutputTarget {
  /// The file that is replaced or created, or the device, pipe or socket that is written through.
  let path: String
  /// The folder of the file.
  let folder: String
  /// What becomes of what stands there.
  let kind: Kind

  enum Kind: Equatable {
    /// A regular file, or nothing yet, gives way to the new file, which takes its permissions.
    case replaced(permissions: mode_t?)
    /// What is no regular file gets the bytes and stays what it is.
    case writtenThrough
    /// A descriptor of this process gets the bytes.
    case descriptor(Int32)
  }

  init(_ destination: String) throws(OutputError) {
    var path = destination
    // As many links as the system follows.
    for _ in 0..<40 {
      let (folder, name) = Self.split(path)
      var status = stat()
      guard lstat(path, &status) == 0 else {
        guard errno == ENOENT else { throw OutputError(destination, Descriptor.reason()) }
        guard !name.isEmpty else { throw OutputError(destination, "is no name of a file") }
        self.init(path: path, folder: folder, kind: .replaced(permissions: nil))
        return
      }
      switch status.st_mode & S_IFMT {
      case S_IFLNK:
        if Self.isProcess(folder) {
          let number = folder == "/proc/self/fd" || folder == "/dev/fd" ? Int32(name) : nil
          self.init(path: path, folder: folder, kind: number.map(Kind.descriptor) ?? .writtenThrough)
          return
        }
        let link = try Self.link(at: path, destination)
        path = link.hasPrefix("/") ? link : "\(folder)/\(link)"
      case S_IFREG:
        guard access(path, W_OK) == 0 else { throw OutputError(destination, Descriptor.reason()) }
        self.init(
          path: path, folder: folder, kind: .replaced(permissions: status.st_mode & 0o777))
        return
      case S_IFDIR: throw OutputError(destination, "is a folder")
      default:
        guard access(path, W_OK) == 0 else { throw OutputError(destination, Descriptor.reason()) }
        self.init(path: path, folder: folder, kind: .writtenThrough)
        return
      }
    }
    throw OutputError(destination, Descriptor.reason(ELOOP))
  }

  private init(path: String, folder: String, kind: Kind) {
    (self.path, self.folder, self.kind) = (path, folder, kind)
  }

  /// Folder and name of a path.
  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let name = String(path[path.index(after: slash)...])
    return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
  }

  /// Whether links of a folder stand for what processes have open, whatever name that has.
  private static func isProcess(_ folder: String) -> Bool {
    var (status, processes) = (stat(), stat())
    return stat(folder, &status) == 0 && stat("/proc", &processes) == 0 && status.st_dev == processes.st_dev
  }

  private static func link(at path: String, _ destination: String) throws(OutputError) -> String {
    let (bytes, error) = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      guard let start = buffer.baseAddress else { return ([UInt8](), ENOMEM) }
      let count = readlink(path, start, buffer.count)
      return (buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, count < 0 ? errno : 0)
    }
    guard error == 0 else { throw OutputError(destination, Descriptor.reason(error)) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
