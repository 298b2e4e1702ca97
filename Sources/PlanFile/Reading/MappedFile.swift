internal import CMappings
internal import FileNames
internal import Glibc
internal import Output
import Plan

/// A regular file mapped read-only for as long as this object lives.
///
/// The mapping stays valid when the file is replaced or unlinked; the writer never does anything else to a file. Somebody
/// who writes into the file changes the bytes here as well: `checkUnchanged` says whether that has happened. Reading bytes
/// that a shortened file no longer has is a signal, which programs turn into a line (`ProcessStart`).
public final class MappedFile: @unchecked Sendable {
  /// Path it was opened by.
  public let path: String
  /// The file's bytes. Valid while this object is alive, and never written to: hence the unchecked `Sendable`.
  public let bytes: UnsafeRawBufferPointer
  /// The file as it was mapped, kept open, as a path may name another one later; `nil` for a copy of bytes in memory.
  private let source: (descriptor: Int32, version: FileVersion)?
  private let watch: UnsafeMutableRawPointer?

  /// Maps a file of at most `sizeLimit` bytes. Anything but a regular file is refused without reading it.
  package init(path: String, sizeLimit: Int) throws(PlanError) {
    // Non-blocking, or opening a pipe would wait for its other end.
    let descriptor = path.withFileName { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw PlanError(file: path, reason: "cannot open: \(systemReason())") }
    var isMapped = false
    defer { if !isMapped { close(descriptor) } }
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
    guard Self.hasRoom else {
      munmap(base, Int(status.st_size))
      throw PlanError(file: path, reason: "cannot map: no memory is left to read it with")
    }
    self.path = path
    bytes = UnsafeRawBufferPointer(start: base, count: status.st_size)
    source = (descriptor, FileVersion(status))
    var line = "Error: \(path.printable()): cannot be read any more: it was shortened, or its disk fails\n"
    watch = line.withUTF8 { espalier_watch_mapping(base, Int(status.st_size), $0.baseAddress, $0.count) }
    isMapped = true
  }

  /// Whether there is address space for what is read of a file; where none is left, the process would be ended in the
  /// middle of that.
  private static var hasRoom: Bool {
    let size = 48 << 20
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let base = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED else {
      return false
    }
    munmap(base, size)
    return true
  }

  /// Throws when somebody has written into the file or shortened it since it was mapped, so that what was read of it may
  /// be of two files. A file that was replaced or removed as a whole is still here, and is fine.
  ///
  /// Takes a microsecond: the system is asked for the size and the time of the last change.
  public func checkUnchanged() throws(PlanError) {
    guard let source else { return }
    var status = stat()
    guard fstat(source.descriptor, &status) == 0 else {
      throw PlanError(file: path, reason: "cannot inspect: \(systemReason())")
    }
    guard FileVersion(status) == source.version else {
      throw PlanError(file: path, reason: "was changed while it was in use")
    }
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
    (source, watch) = (nil, nil)
  }

  /// Tells the system that bytes will not be needed soon, so that a walk over a large file does not keep all of it
  /// in memory. Reading them again is allowed: they come back from the file.
  package func release(_ range: Range<Int>) { advise(MADV_DONTNEED, range) }

  /// Tells the system that bytes will be read soon, so that it reads ahead.
  package func prefetch(_ range: Range<Int>) { advise(MADV_WILLNEED, range) }

  private func advise(_ advice: Int32, _ range: Range<Int>) {
    // A copy would not come back.
    guard source != nil else { return }
    let page = sysconf(Int32(_SC_PAGESIZE))
    let start = range.lowerBound / page * page
    // The mapping starts at a page, so a rounded-down start is one too; `bytes` ends inside its last page.
    guard range.upperBound <= bytes.count, start < range.upperBound, let base = bytes.baseAddress else {
      return
    }
    madvise(UnsafeMutableRawPointer(mutating: base + start), range.upperBound - start, advice)
  }

  deinit {
    espalier_forget_mapping(watch)
    if let source { close(source.descriptor) }
    // Undoes the `mmap` of `init`; the address is the one it returned.
    if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
  }
}

/// What changes of a file when somebody writes to it.
private struct FileVersion: Equatable {
  private let size: Int
  private let seconds: Int
  private let nanoseconds: Int

  init(_ status: stat) {
    (size, seconds, nanoseconds) = (Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
  }
}

/// The system's text for the last error.
func systemReason() -> String {
  guard let text = strerror(errno) else { return "unknown error" }
  return String(cString: text)
}
