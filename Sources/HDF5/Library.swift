internal import CHDF5
internal import Glibc
internal import Synchronization

/// The one gate to libhdf5, which is not thread-safe in its serial build: every call goes through the lock.
///
/// Closures given to `call` and `check` contain C calls only. Nothing in them may release a `Handle`, whose
/// `deinit` takes the same lock.
enum Library {
  private static let prepared = Mutex(false)

  /// Runs C calls under the lock.
  static func call<Result: Sendable>(_ body: () -> Result) -> Result {
    prepared.withLock { ready in
      if !ready {
        ready = true
        prepare()
      }
      // The stack of errors, and whether it is printed, belongs to the thread in builds with threads.
      _ = espalier_silence_errors()
      return body()
    }
  }

  /// Runs one C call whose negative results mean failure.
  @discardableResult
  static func check<Result: FixedWidthInteger & Sendable>(
    _ object: String, _ operation: String, _ body: () -> Result
  ) throws(HDF5Error) -> Result {
    let (result, code) = call {
      errno = 0
      let result = body()
      return (result, errno)
    }
    guard result >= 0 else { throw HDF5Error(object: object, operation: operation, systemError: code) }
    return result
  }

  /// Failures are reported by return codes only, and a file never makes the library load or open another.
  private static func prepare() {
    // At exit the library would flush files again whose flush failed for want of disk space, and crash in
    // the attempt. Files are closed by their owners, so it has nothing to do there.
    _ = H5dont_atexit()
    _ = H5open()
    _ = H5PLset_loading_state(0)
    _ = H5Lunregister(H5L_TYPE_EXTERNAL)
  }
}

/// Runs C calls of one's own on libhdf5 while nobody else in the process calls it. `body` must not use this module.
package func withLibrary<Result: Sendable>(_ body: () -> Result) -> Result { Library.call(body) }

/// Owns one identifier of the library and closes it once.
final class Handle: Sendable {
  let id: hid_t
  /// Where failures to close are kept, for whoever closes the file.
  let failures: CloseFailures?
  private let release: @Sendable (hid_t) -> herr_t
  private let isClosed = Atomic(false)

  init(
    _ id: hid_t, failures: CloseFailures? = nil, close: @escaping @Sendable (hid_t) -> herr_t
  ) {
    self.id = id
    self.failures = failures
    release = close
  }

  /// Closes now, to learn whether closing works; `deinit` cannot tell.
  func close(_ object: String) throws(HDF5Error) {
    if isClosed.exchange(true, ordering: .relaxed) { return }
    try Library.check(object, "cannot close") { release(id) }
  }

  deinit {
    if isClosed.load(ordering: .relaxed) { return }
    do throws(HDF5Error) { try Library.check("/", "cannot close an object") { release(id) } } catch {
      failures?.add(error)
    }
  }
}

/// What could not be closed of a file. Closing a dataset writes the last of it, and the library forgets that it failed:
/// without this the file would miss some of its bytes and nobody would know.
final class CloseFailures: Sendable {
  private let first = Mutex<HDF5Error?>(nil)

  func add(_ error: HDF5Error) { first.withLock { $0 = $0 ?? error } }

  /// Throws the first failure.
  func check() throws(HDF5Error) {
    if let error = first.withLock({ $0 }) { throw error }
  }
}

/// Creates a property list of a class.
func propertyList(_ object: String, _ kind: () -> hid_t) throws(HDF5Error) -> Handle {
  Handle(
    try Library.check(object, "cannot create property list") { H5Pcreate(kind()) }, close: { H5Pclose($0) })
}
