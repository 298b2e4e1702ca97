internal import FileNames
internal import Glibc

/// A file that is read at once, such as a key or a signature.
package enum SmallFile {
  /// Why a file was not read.
  package struct Failure: Error {
    /// The system's number of the error, 0 where the file is not what it should be.
    package var code: Int32 = 0
    /// The reason in words.
    package var reason: String

    /// Whether there is no such file.
    package var isAbsence: Bool { code == ENOENT }

    static func system(_ code: Int32 = errno) -> Self {
      Self(code: code, reason: strerror(code).map { String(cString: $0) } ?? "error \(code)")
    }
  }

  /// Reads all bytes of a file.
  ///
  /// - Parameters:
  ///   - limit: the most bytes that are read; a longer file is an error.
  ///   - mayWait: whether pipes and devices are read too, which a person may name and nobody else should.
  package static func read(_ path: String, limit: Int, mayWait: Bool = false) throws(Failure) -> [UInt8] {
    // Non-blocking, or opening a pipe would wait for its other end.
    let descriptor = path.withFileName { open($0, O_RDONLY | O_CLOEXEC | (mayWait ? 0 : O_NONBLOCK)) }
    guard descriptor >= 0 else { throw .system() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system() }
    guard mayWait || status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(reason: "is not a regular file")
    }
    var error: Int32 = 0
    // One buffer from the beginning: a secret that it holds is never copied to a larger one.
    let bytes = [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
      while count < buffer.count {
        let rest = UnsafeMutableBufferPointer(rebasing: buffer[count...])
        let step = Glibc.read(descriptor, rest.baseAddress, rest.count)
        if step > 0 {
          count += step
        } else if step == 0 {
          return
        } else if errno != EINTR {
          error = errno
          return
        }
      }
    }
    guard error == 0 else { throw .system(error) }
    guard bytes.count <= limit else { throw Failure(reason: "has more than \(limit) bytes") }
    return bytes
  }
}
