import FileNames
import Glibc

/// Reads whole files within a size limit.
public enum FileBytes {
  /// The bytes of the regular file at `path`.
  static func read(_ path: String, limit: Int) throws(ImageError) -> [UInt8] {
    // A pipe without a writer must not hang the program before it is refused.
    let descriptor = path.withFileName { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw .unreadable(name: path, reason: systemMessage()) }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(name: path, reason: systemMessage()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile(name: path) }
    return try read(descriptor, named: path, expecting: Int(status.st_size), limit: limit)
  }

  /// Whether a pipe is at `path`, which has its bytes once and not again.
  public static func isPipe(_ path: String) -> Bool {
    var status = stat()
    return path.withFileName { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFIFO
  }

  /// The bytes of the pipe at `path`, for whose writer it waits.
  public static func drain(_ path: String, limit: Int) throws(ImageError) -> [UInt8] {
    let descriptor = path.withFileName { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw .unreadable(name: path, reason: systemMessage()) }
    defer { close(descriptor) }
    return try drain(descriptor, named: path, limit: limit)
  }

  /// All bytes up to the end of what is open, such as standard input.
  public static func drain(_ descriptor: Int32, named name: String, limit: Int) throws(ImageError) -> [UInt8]
  {
    try read(descriptor, named: name, expecting: 1 << 16, limit: limit)
  }

  /// Up to the end, however many bytes were expected: a file that shrank or grew meanwhile is what it is now.
  private static func read(
    _ descriptor: Int32, named name: String, expecting size: Int, limit: Int
  ) throws(ImageError) -> [UInt8] {
    guard size <= limit else { throw .fileTooLarge(name: name, bytes: size, limit: limit) }
    // One more, to see the end without making room.
    var bytes = [UInt8](repeating: 0, count: size + 1)
    var filled = 0
    while true {
      if filled == bytes.count {
        bytes += [UInt8](repeating: 0, count: min(bytes.count, limit + 1 - filled))
      }
      let room = bytes.count - filled
      let count = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), room)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(name: name, reason: systemMessage()) }
      if count == 0 { break }
      filled += count
      guard filled <= limit else { throw .fileTooLarge(name: name, bytes: filled, limit: limit) }
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  private static func systemMessage() -> String {
    // For known codes glibc returns constant text.
    guard let text = strerror(errno) else { return "unknown reason" }
    return String(cString: text)
  }
}
