import Glibc

/// Reads whole files within a size limit.
enum FileBytes {
  /// The bytes of the regular file at `path`.
  static func read(_ path: String, limit: Int) throws(ImageError) -> [UInt8] {
    // A pipe without a writer must not hang the program before it is refused.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(name: path, reason: systemMessage()) }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(name: path, reason: systemMessage()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile(name: path) }
    let size = Int(status.st_size)
    guard size <= limit else { throw .fileTooLarge(name: path, bytes: size, limit: limit) }

    var bytes = [UInt8](repeating: 0, count: size)
    var filled = 0
    while filled < size {
      let count = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), size - filled)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(name: path, reason: systemMessage()) }
      if count == 0 { break }
      filled += count
    }
    // A file that shrank meanwhile is what it is now.
    bytes.removeLast(size - filled)
    return bytes
  }

  private static func systemMessage() -> String {
    // For known codes glibc returns constant text.
    guard let text = strerror(errno) else { return "unknown reason" }
    return String(cString: text)
  }
}
