internal import Glibc

/// Keeps a destination for one run, from before its work until after it: two runs that work for hours on one file would
/// each lose the other's.
///
/// The lock is that of an empty file beside the destination, and ends with the process whatever ends it. A file that a
/// run which was killed leaves is taken by the next one, and removed with its lock. Where the file system knows no locks
/// there is none.
public final class OutputLock {
  private var descriptor: Int32 = -1
  private let path: String

  /// Locks a destination; throws where another run has it. What is no file needs no lock.
  public init(for destination: String) throws(OutputError) {
    let target = try OutputTarget(destination)
    path = "\(target.folder)/.espalier-lock-\(PartialName.fingerprint(of: target.path))"
    guard case .replaced = target.kind else { return }
    // A file that another run has just removed is none.
    for _ in 0..<100 {
      let file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o666)
      guard file >= 0 else { throw OutputError(destination, "\(Descriptor.reason()) (\(path))") }
      if flock(file, LOCK_EX | LOCK_NB) == 0 {
        if Self.isFile(file, at: path) {
          descriptor = file
          return
        }
      } else if errno == EWOULDBLOCK {
        close(file)
        throw OutputError(destination, "another run is at work on it")
      } else if errno != EINTR {
        unlink(path)
        close(file)
        return
      }
      close(file)
    }
    throw OutputError(destination, "other runs begin and end on it")
  }

  /// Gives the destination to others.
  public func release() {
    guard descriptor >= 0 else { return }
    // While it is locked, or another run's lock would lose its name.
    unlink(path)
    close(descriptor)
    descriptor = -1
  }

  deinit { release() }

  private static func isFile(_ descriptor: Int32, at path: String) -> Bool {
    var (own, named) = (stat(), stat())
    return fstat(descriptor, &own) == 0 && lstat(path, &named) == 0
      && (own.st_dev, own.st_ino) == (named.st_dev, named.st_ino)
  }
}
