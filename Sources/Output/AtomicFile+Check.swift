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

extension AtomicFile {
  /// Throws where there is surely no room for so many files of a size beside a destination: on the disk, or within the
  /// limit of the size of a file. What others write meanwhile nobody knows.
  public static func checkRoom(_ size: Int, files: Int = 1, for destination: String) throws(OutputError) {
    let target = try OutputTarget(destination)
    guard case .replaced = target.kind else { return }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0,
      limit.rlim_cur < rlim_t(max(0, size))
    {
      throw OutputError(
        destination,
        "\(Descriptor.reason(EFBIG)): \(mebibytes(size)) are more than the limit (ulimit -f) allows")
    }
    var status = statvfs()
    // Some file systems do not say how large they are.
    guard statvfs(target.folder, &status) == 0, status.f_blocks > 0 else { return }
    let (free, overflow) = Int(status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
    if !overflow, free / max(1, files) < size {
      throw OutputError(
        destination,
        "\(Descriptor.reason(ENOSPC)): \(mebibytes(files * size)) are needed, \(mebibytes(free)) are free"
          + " (folder \(target.folder))")
    }
  }

  private static func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }
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
