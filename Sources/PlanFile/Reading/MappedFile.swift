import Plan
internal import Glibc

/// A regular file mapped read-only for as long as this object lives.
///
/// The mapping stays valid when the file is replaced or unlinked. Truncating the file in place while it is
/// mapped is the one thing nobody can defend against; the writer never does it.
public final class MappedFile: @unchecked Sendable {
  /// Path it was opened by.
  public let path: String
  /// The file's bytes. Valid while this object is alive, and never written to: hence the unchecked `Sendable`.
  public let bytes: UnsafeRawBufferPointer
  /// Device and inode, to recognise the file when another library opens the same path.
  let identity: (device: UInt64, inode: UInt64)

  /// Maps a file of at most `sizeLimit` bytes. Anything but a regular file is refused without reading it.
  package init(path: String, sizeLimit: Int) throws(PlanError) {
    // Non-blocking, or opening a pipe would wait for its other end.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw PlanError(file: path, reason: "cannot open: \(systemReason())") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw PlanError(file: path, reason: "cannot inspect: \(systemReason())")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw PlanError(file: path, reason: "is not a regular file")
    }
    guard status.st_size > 0 else { throw PlanError(file: path, reason: "is empty") }
    guard status.st_size <= sizeLimit else {
      throw PlanError(file: path, reason: "has \(status.st_size) bytes, more than the limit of \(sizeLimit)")
    }
    guard let base = mmap(nil, status.st_size, PROT_READ, MAP_SHARED, descriptor, 0), base != MAP_FAILED
    else {
      throw PlanError(file: path, reason: "cannot map: \(systemReason())")
    }
    self.path = path
    bytes = UnsafeRawBufferPointer(start: base, count: status.st_size)
    identity = (UInt64(status.st_dev), UInt64(status.st_ino))
  }

  /// A copy of bytes that are in no file, placed as those of a file would be.
  ///
  /// - Parameter name: stands for the path in errors.
  package init(copying copied: UnsafeRawBufferPointer, as name: String) throws(PlanError) {
    let base = mmap(nil, max(1, copied.count), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let base, base != MAP_FAILED else {
      throw PlanError(file: name, reason: "cannot map: \(systemReason())")
    }
    // As many bytes as were mapped, written before anybody else knows of them.
    if let start = copied.baseAddress { base.copyMemory(from: start, byteCount: copied.count) }
    path = name
    bytes = UnsafeRawBufferPointer(start: base, count: max(1, copied.count))
    identity = (0, 0)
  }

  /// Tells the system that bytes will not be needed soon, so that a walk over a large file does not keep all of it
  /// in memory. Reading them again is allowed: they come back from the file.
  package func release(_ range: Range<Int>) {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let start = range.lowerBound / page * page
    // The mapping starts at a page, so a rounded-down start is one too; `bytes` ends inside its last page.
    guard range.upperBound <= bytes.count, start < range.upperBound, let base = bytes.baseAddress else {
      return
    }
    madvise(UnsafeMutableRawPointer(mutating: base + start), range.upperBound - start, MADV_DONTNEED)
  }

  deinit {
    // Undoes the `mmap` of `init`; the address is the one it returned.
    if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
  }
}

/// The system's text for the last error.
func systemReason() -> String {
  guard let text = strerror(errno) else { return "unknown error" }
  return String(cString: text)
}
