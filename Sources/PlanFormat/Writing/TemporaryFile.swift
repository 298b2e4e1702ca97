internal import Glibc
internal import Synchronization

/// A file beside its destination, moved over it when complete.
///
/// The name is `.NAME.partial-PID-COUNT`, so that what a killed process left can be told from what a living
/// one is writing.
struct TemporaryFile {
  let path: String
  private let destination: String
  private let directory: String
  private static let count = Atomic(0)

  /// Chooses a name and removes files that dead processes left for the same destination.
  init(for destination: String) throws(PlanError) {
    let slash = destination.lastIndex(of: "/")
    let name = slash.map { String(destination[destination.index(after: $0)...]) } ?? destination
    guard !name.isEmpty else { throw PlanError(file: destination, reason: "is a directory, not a file name") }
    directory = slash.map { $0 == destination.startIndex ? "/" : String(destination[..<$0]) } ?? "."
    var status = stat()
    if stat(destination, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw PlanError(file: destination, reason: "exists and is not a regular file")
    }
    let prefix = ".\(name).partial-"
    let number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
    self.destination = destination
    path = "\(directory)/\(prefix)\(getpid())-\(number)"
    Self.removeStale(in: directory, prefix: prefix)
    // A file of this very name is from an earlier process with our number.
    unlink(path)
  }

  /// Gives the space back even if a library still holds the file open after a failure.
  func remove() {
    truncate(path, 0)
    unlink(path)
  }

  /// Makes the file durable and moves it over the destination.
  func publish() throws(PlanError) {
    try synchronize(path, O_RDONLY, "cannot write to disk")
    guard rename(path, destination) == 0 else {
      throw PlanError(file: destination, reason: "cannot be replaced: \(systemReason())")
    }
    try synchronize(directory, O_RDONLY | O_DIRECTORY, "cannot write its directory to disk")
  }

  private func synchronize(_ path: String, _ flags: Int32, _ failure: String) throws(PlanError) {
    let descriptor = open(path, flags | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, fsync(descriptor) == 0 else {
      throw PlanError(file: destination, reason: "\(failure): \(systemReason())")
    }
  }

  private static func removeStale(in directory: String, prefix: String) {
    guard let stream = opendir(directory) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasPrefix(prefix) else { continue }
      let digits = name.dropFirst(prefix.count).prefix { $0 != "-" }
      // Signal 0 asks whether the process exists without touching it.
      if let process = pid_t(digits), process > 0, kill(process, 0) != 0, errno == ESRCH {
        unlink("\(directory)/\(name)")
      }
    }
  }
}
