import FileNames
import Glibc
import Output

/// A folder with a file for each kept picture, which any number of processes may share.
///
/// Files appear whole under their names, are read within limits, and are told from damaged ones by their digests. They are
/// not made durable: a file that a loss of power leaves incomplete is one that is not there. Only names of the cache's own
/// form are ever read, replaced or removed, and links are not followed.
final class PictureFolder: Sendable {
  /// The folder itself, which every name is looked up in, whatever becomes of its path.
  let descriptor: Int32
  /// Most bytes of all files.
  let limit: Int

  /// Opens a folder, which is created for its owner alone where it is missing; throws where nothing can be written to it.
  init(_ path: String, limit: Int) throws(InferenceError) {
    self.limit = limit
    let isThere = path.withFileName({ mkdir($0, 0o700) }) == 0 || errno == EEXIST
    descriptor = isThere ? path.withFileName { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) } : -1
    guard descriptor >= 0 else { throw Self.problem(path, Descriptor.reason()) }
    let name = EntryName.partial()
    let file = create(name)
    guard file >= 0 else { throw Self.problem(path, Descriptor.reason()) }
    close(file)
    unlinkat(descriptor, name, 0)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private static func problem(_ path: String, _ reason: String) -> InferenceError {
    InferenceError(path, "cannot keep pictures: \(reason)")
  }

  /// The features in a picture's file, which is used now; `nil` where it is missing, or wrong in any way.
  func tokens(for key: PictureKey, within limits: PictureLimits) -> ImageTokens? {
    // What is no file, such as a pipe, must not be waited for.
    let file = openat(descriptor, EntryName.entry(key), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    guard let bytes = Self.read(file, limit: limits.fileBytes),
      let picture = PictureFile.picture(in: bytes, for: key, within: limits)
    else { return nil }
    futimens(file, nil)
    return picture
  }

  /// Writes features under the name of their key, if the folder has room for them.
  func save(_ picture: ImageTokens, for key: PictureKey) {
    let bytes = PictureFile.bytes(of: picture, for: key)
    guard bytes.count <= limit else { return }
    makeRoom(for: bytes.count)
    let name = EntryName.partial()
    let file = create(name)
    guard file >= 0 else { return }
    var isWritten = bytes.withUnsafeBytes { Descriptor.write($0, to: file) } == 0
    isWritten = close(file) == 0 && isWritten
    // A link of that name gives way itself, not what it names.
    if !isWritten || renameat(descriptor, name, descriptor, EntryName.entry(key)) != 0 {
      unlinkat(descriptor, name, 0)
    }
    // Other processes may have made the same room.
    makeRoom(for: 0)
  }

  private func create(_ name: String) -> Int32 {
    openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
  }

  /// The bytes of a regular file of at most `limit` bytes.
  private static func read(_ file: Int32, limit: Int) -> [UInt8]? {
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size >= 0,
      status.st_size <= limit
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        Glibc.read(file, $0.baseAddress?.advanced(by: filled), $0.count - filled)
      }
      if count < 0, errno == EINTR { continue }
      // A file that has become shorter is not whole.
      guard count > 0 else { return nil }
      filled += count
    }
    return bytes
  }
}
