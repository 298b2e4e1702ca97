import Foundation

/// A file beside its destination that appears under its name only when it is complete.
struct PartialFile {
  /// Name of the finished file.
  let destination: String
  /// Where it is written until then.
  let path: String

  init(for destination: String) {
    self.destination = destination
    path = "\(destination).partial-\(getpid())"
  }

  /// Gives the file its name.
  func publish() throws(OutputError) {
    guard rename(path, destination) == 0 else {
      let reason = String(cString: strerror(errno))
      discard()
      throw OutputError(destination, reason)
    }
  }

  /// Leaves nothing behind.
  func discard() { try? FileManager.default.removeItem(atPath: path) }

  /// Writes bytes under a name, whole or not at all.
  static func write(_ bytes: [UInt8], to destination: String) throws(OutputError) {
    let file = PartialFile(for: destination)
    try file.fill(bytes)
    try file.publish()
  }

  /// Throws now what `write` would throw later, before work that takes long, and refuses to replace what is read.
  static func checkWritable(_ destination: String, inputs: [String]) throws(OutputError) {
    if let input = inputs.first(where: { isSameFile($0, destination) }) {
      throw OutputError(destination, "is \(input) itself")
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: destination, isDirectory: &isFolder), isFolder.boolValue {
      throw OutputError(destination, "is a folder")
    }
    let file = PartialFile(for: destination)
    try file.fill([])
    file.discard()
  }

  private static func isSameFile(_ path: String, _ other: String) -> Bool {
    let identities = [path, other].map { name -> [UInt64]? in
      var status = stat()
      return stat(name, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : nil
    }
    return identities[0] != nil && identities[0] == identities[1]
  }

  private func fill(_ bytes: [UInt8]) throws(OutputError) {
    guard let stream = fopen(path, "w") else {
      throw OutputError(destination, String(cString: strerror(errno)))
    }
    let written = fwrite(bytes, 1, bytes.count, stream)
    // A full disk may show only when the last bytes leave the buffer.
    let isClosed = fclose(stream) == 0
    guard written == bytes.count, isClosed else {
      let reason = String(cString: strerror(errno))
      discard()
      throw OutputError(destination, reason)
    }
  }
}

/// A file that cannot be written, in one line.
struct OutputError: Error, CustomStringConvertible {
  let description: String

  init(_ path: String, _ reason: String) { description = "\(path): cannot be written: \(reason)" }
}
