import Digests
import Glibc
import Plan
import PlanFile

/// Whether something exists at a path.
func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// Maps a file of a checkpoint; one that git-lfs has not fetched is called so.
func mapFile(_ path: String, sizeLimit: Int) throws(CheckpointError) -> MappedFile {
  let mapping = try planFormat { () throws(PlanError) in try MappedFile(path: path, sizeLimit: sizeLimit) }
  if mapping.bytes.starts(with: "version https://git-lfs.".utf8) {
    throw CheckpointError(
      file: path, reason: "is a pointer of git-lfs, not the file itself; git lfs pull fetches it")
  }
  return mapping
}

/// Bytes of a file; 0 where there is none.
private func size(of path: String) -> Int {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : 0
}

/// The text of a file of at most 16 MiB.
func readText(_ path: String) throws(CheckpointError) -> String {
  let mapping = try mapFile(path, sizeLimit: 16 << 20)
  let validated = withExtendedLifetime(mapping) { String(validating: mapping.bytes, as: UTF8.self) }
  guard let text = validated else {
    throw CheckpointError(file: path, reason: "is not UTF-8")
  }
  return text
}

/// SHA-256 over names and digests of files, in the order of their names.
///
/// - Parameter progress: told after each piece how many bytes are read, and of how many.
func digest(
  of files: [String], progress: (_ bytes: Int, _ total: Int) throws(PlanError) -> Void
) throws(CheckpointError) -> String {
  let files = files.sorted()
  // One is open at a time: a checkpoint may have more shards than a process may have files.
  let total = files.reduce(0) { $0 + size(of: $1) }
  var read = 0
  var digest = SHA256()
  for path in files {
    let mapping = try mapFile(path, sizeLimit: 1 << 42)
    var own = SHA256()
    for start in stride(from: 0, to: mapping.bytes.count, by: 8 << 20) {
      let piece = start..<min(start + (8 << 20), mapping.bytes.count)
      own.update(UnsafeRawBufferPointer(rebasing: mapping.bytes[piece]))
      mapping.release(piece)
      read += piece.count
      try planFormat { () throws(PlanError) in try progress(read, total) }
    }
    try planFormat { () throws(PlanError) in try mapping.checkUnchanged() }
    let name = mapping.path.split(separator: "/").last.map(String.init) ?? mapping.path
    digest.update("\(name) \(own.hexadecimal())\n")
  }
  return digest.hexadecimal()
}
