internal import Glibc

/// Calls on file descriptors that are repeated until they are through.
package enum Descriptor {
  /// Writes all bytes; returns the system's error, 0 for none.
  package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = UnsafeRawBufferPointer(rebasing: rest).withMemoryRebound(to: UInt8.self) {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count == 0 {
        return EIO
      } else if errno == EAGAIN {
        // A stream that somebody else made non-blocking is waited for.
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&wanted, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }

  /// Reads up to the end, but no more than `limit` bytes; `nil` where that fails, with the system's error in `errno`.
  package static func read(_ descriptor: Int32, atMost limit: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < limit {
      let count = Glibc.read(descriptor, &part, min(part.count, limit - bytes.count))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      bytes += part[..<count]
    }
    return bytes
  }

  /// Copies a file from its start into another descriptor; returns the system's error, 0 for none.
  static func copy(_ source: Int32, to descriptor: Int32) -> Int32 {
    guard lseek(source, 0, SEEK_SET) == 0 else { return errno }
    return withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
      while true {
        let count = Glibc.read(source, buffer.baseAddress, buffer.count)
        if count == 0 { return 0 }
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        let error = write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: descriptor)
        if error != 0 { return error }
      }
    }
  }

  /// The system's words for an error.
  package static func reason(_ error: Int32 = errno) -> String {
    guard let text = strerror(error) else { return "unknown error" }
    return String(cString: text)
  }
}
