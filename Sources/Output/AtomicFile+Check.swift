internal import Glibc

extension AtomicFile {
  /// Throws now what writing to a destination would throw later, before work that takes long, and refuses one that the
  /// work reads from.
  public static func check(_ destination: String, inputs: [String]) throws(OutputError) {
    try refuse(destination, inputs: inputs)
    try AtomicFile(for: destination).discard()
  }

  /// Throws when a destination is an input, or a file of a folder that is one. Files are told apart by what they are, not
  /// by their names.
  public static func refuse(_ destination: String, inputs: [String]) throws(OutputError) {
    guard let output = FileIdentity(destination), output.kind == S_IFREG else { return }
    for input in inputs {
      guard let identity = FileIdentity(input) else { continue }
      if identity == output { throw OutputError(destination, "is \(input) itself") }
      guard identity.kind == S_IFDIR, let stream = opendir(input) else { continue }
      defer { closedir(stream) }
      while let entry = readdir(stream) {
        let name = entryName(entry)
        if FileIdentity("\(input)/\(name)") == output {
          throw OutputError(destination, "is \(input)/\(name) itself")
        }
      }
    }
  }
}

/// What a path names, whatever the path is.
private struct FileIdentity: Equatable {
  let device: UInt
  let inode: UInt
  let kind: mode_t

  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, inode, kind) = (UInt(status.st_dev), UInt(status.st_ino), status.st_mode & S_IFMT)
  }
}
