internal import Glibc

/// A file that appears under its name only when it is complete.
///
/// Until then it lies beside its destination under a short name of its own, locked for as long as somebody writes it:
/// what cannot be locked is being written, what can be was left by a process that died, and goes with the next file
/// for the same destination. A link stays, and what it names is replaced. A device or a pipe is written through.
///
/// A file that is neither published nor discarded is discarded with its last owner.
public final class AtomicFile {
  /// Name of the finished file, as it was given.
  public let destination: String
  /// Where it is written until then.
  public let path: String
  private let target: OutputTarget
  private let descriptor: Int32
  private var isFinished = false

  /// Makes an empty file beside a destination, or throws what publishing there would.
  public init(for destination: String) throws(OutputError) {
    let target = try OutputTarget(destination)
    let place = PartialName(target)
    place.removeAbandoned()
    (self.destination, self.target) = (destination, target)
    // Another process may clean up between the making of a file and its lock.
    for _ in 0..<100 {
      let path = place.fresh()
      let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
      if descriptor < 0 {
        if errno == EEXIST { continue }
        throw OutputError(destination, "\(Descriptor.reason()) (folder \(place.folder))")
      }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK, Self.hasName(descriptor) {
        (self.path, self.descriptor) = (path, descriptor)
        return
      }
      close(descriptor)
    }
    throw OutputError(destination, "no name is left for it in the folder \(place.folder)")
  }

  /// Adds bytes to the end of the file.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(OutputError) {
    let error = Descriptor.write(bytes, to: descriptor)
    if error != 0 { throw OutputError(destination, Descriptor.reason(error)) }
  }

  /// Makes the file durable and gives it its name; or writes it through, where that is no file.
  public func publish() throws(OutputError) {
    defer { discard() }
    switch target.kind {
    case .replaced(let permissions):
      if let permissions { fchmod(descriptor, permissions) }
      guard fsync(descriptor) == 0, rename(path, target.path) == 0 else {
        throw OutputError(destination, Descriptor.reason())
      }
      isFinished = true
      try synchronizeFolder()
    case .writtenThrough: try copy(to: open(target.path, O_WRONLY | O_CLOEXEC))
    case .descriptor(let number): try copy(to: dup(number))
    }
  }

  /// Leaves nothing behind, even where a library still holds the file open.
  public func discard() {
    guard !isFinished else { return }
    isFinished = true
    ftruncate(descriptor, 0)
    unlink(path)
  }

  deinit {
    discard()
    close(descriptor)
  }

  /// Writes bytes under a name, whole or not at all.
  public static func write(_ bytes: [UInt8], to destination: String) throws(OutputError) {
    let file = try AtomicFile(for: destination)
    // A closure of the standard library's would forget the type of the error.
    let error = bytes.withUnsafeBytes { Descriptor.write($0, to: file.descriptor) }
    if error != 0 { throw OutputError(destination, Descriptor.reason(error)) }
    try file.publish()
  }

  /// Name of a file beside a destination that is nobody's yet. What a process that dies leaves of it goes with the next
  /// file for the destination.
  public static func scratchPath(for destination: String) throws(OutputError) -> String {
    PartialName(try OutputTarget(destination)).fresh()
  }

  /// Folder of such files.
  public static func scratchFolder(for destination: String) throws(OutputError) -> String {
    PartialName(try OutputTarget(destination)).folder
  }

  /// Name of a file that goes with a destination, such as `plan.h5.calibration-state`; `nil` where the destination is no
  /// file, so that nothing can lie beside it.
  public static func companion(_ suffix: String, of destination: String) throws(OutputError) -> String? {
    let target = try OutputTarget(destination)
    guard case .replaced = target.kind else { return nil }
    let name = OutputTarget.split(target.path).name + suffix
    guard name.utf8.count > Int(NAME_MAX) else { return target.path + suffix }
    return "\(target.folder)/\(PartialName.fingerprint(of: target.path))\(suffix)"
  }

  private static func hasName(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_nlink > 0
  }

  private func copy(to stream: Int32) throws(OutputError) {
    guard stream >= 0 else { throw OutputError(destination, Descriptor.reason()) }
    let error = Descriptor.copy(descriptor, to: stream)
    guard close(stream) == 0 || error != 0 else { throw OutputError(destination, Descriptor.reason()) }
    if error != 0 { throw OutputError(destination, Descriptor.reason(error)) }
  }

  private func synchronizeFolder() throws(OutputError) {
    let folder = open(target.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if folder >= 0 { close(folder) } }
    // Some file systems have nothing to synchronise of a folder.
    guard folder >= 0, fsync(folder) == 0 || errno == EINVAL else {
      throw OutputError(destination, "\(Descriptor.reason()) (folder \(target.folder))")
    }
  }
}
