import Glibc

/// A file of some bytes, for readers that take paths; removed with its owner.
///
/// It is in memory where the system has a place for that.
final class ScratchFile {
  let path: String

  init(_ bytes: [UInt8]) {
    let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var name = Array("\(folder)/espalier-fuzz-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    path = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    precondition(descriptor >= 0, "no file can be written to \(folder)")
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      precondition(count > 0, "\(path) cannot be written")
      written += count
    }
    close(descriptor)
  }

  deinit { unlink(path) }
}
