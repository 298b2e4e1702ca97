import Glibc
import PlanFormat

/// Whether something exists at a path.
func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// The text of a file of at most 16 MiB.
func readText(_ path: String) throws(CheckpointError) -> String {
  let mapping = try planFormat { () throws(PlanError) in try MappedFile(path: path, sizeLimit: 16 << 20) }
  guard let text = String(validating: mapping.bytes, as: UTF8.self) else {
    throw CheckpointError(file: path, reason: "is not UTF-8")
  }
  return text
}

/// SHA-256 over names and digests of files, in the order of their names.
func digest(of files: [String]) throws(CheckpointError) -> String {
  var digest = SHA256()
  for path in files.sorted() {
    let mapping = try planFormat { () throws(PlanError) in try MappedFile(path: path, sizeLimit: 1 << 42) }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    digest.update("\(name) \(SHA256.hexadecimal(of: mapping.bytes))\n")
  }
  return digest.hexadecimal()
}
