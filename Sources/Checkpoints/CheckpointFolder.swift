import Glibc
import Plan

/// Looks at a folder before its files are read, so that what is no checkpoint is called what it is.
enum CheckpointFolder {
  /// The folder that a path means: of a model in the hub's cache, the snapshot that its main branch had last.
  ///
  /// - Parameter file: what tells the folder of a model from that of the cache.
  static func resolved(_ path: String, having file: String = "config.json") throws(CheckpointError) -> String
  {
    let directory = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let snapshots = "\(directory)/snapshots"
    guard !fileExists("\(directory)/\(file)"), fileExists(snapshots) else { return directory }
    let names = try names(in: snapshots).filter { !$0.hasPrefix(".") }
    let branch = "\(directory)/refs/main"
    let main = fileExists(branch) ? try readText(branch).filter { !$0.isWhitespace } : ""
    if let name = names.first(where: { $0 == main }) ?? (names.count == 1 ? names.first : nil) {
      return "\(snapshots)/\(name)"
    }
    throw CheckpointError(
      file: snapshots,
      reason: names.isEmpty
        ? "has no snapshot; download the checkpoint again"
        : "has \(names.count) snapshots and no branch that says which one; name one of these folders")
  }

  /// Demands a folder with the settings of a whole model, and no file of it missing behind a link.
  static func check(_ directory: String) throws(CheckpointError) {
    func failure(_ reason: String) -> CheckpointError { CheckpointError(file: directory, reason: reason) }
    var status = stat()
    guard stat(directory, &status) == 0 else {
      guard isHubName(directory) else { throw failure("cannot open: \(String(cString: strerror(errno)))") }
      throw failure(
        "there is no such folder; a model of the Hugging Face hub is downloaded first: "
          + "hf download \(directory) --local-dir FOLDER")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw failure(
        directory.hasSuffix(".gguf")
          ? "is a GGUF file; import the folder of safetensors that it was made from"
          : "is a file, expected the folder of a checkpoint")
    }
    let names = try names(in: directory)
    for name in names where [".json", ".safetensors", ".jinja", ".txt"].contains(where: name.hasSuffix) {
      try demandTarget(of: "\(directory)/\(name)")
    }
    guard !names.contains("config.json") else { return }
    if names.contains("adapter_config.json") { throw failure(adapter) }
    if names.contains(where: { $0.hasSuffix(".gguf") }) { throw failure(gguf) }
  }

  /// Why a folder without `model.safetensors` and its index cannot be imported.
  static func withoutWeights(_ directory: String) -> CheckpointError {
    func failure(_ reason: String) -> CheckpointError { CheckpointError(file: directory, reason: reason) }
    guard let names = try? names(in: directory) else { return failure("cannot be listed") }
    if names.contains("adapter_config.json") { return failure(adapter) }
    if let name = names.first(where: { name in
      [".bin", ".pth", ".pt", ".ckpt"].contains(where: name.hasSuffix)
    }) {
      return failure(
        "has its weights as \(name), which is not read; transformers writes safetensors: "
          + "from_pretrained(FOLDER).save_pretrained(OTHER)")
    }
    if names.contains(where: { $0.hasSuffix(".gguf") }) { return failure(gguf) }
    return failure("has neither model.safetensors nor model.safetensors.index.json")
  }

  private static let adapter =
    "is an adapter, not a model (adapter_config.json); import the folder of its base model, with this one as --adapter"
  private static let gguf =
    "has its weights as GGUF only; import the folder of safetensors that it was made from"

  /// Whether a path that is not there looks like `owner/name`.
  private static func isHubName(_ path: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasPrefix("~") }
      && !fileExists(String(parts[0]))
  }

  /// Demands that a link leads somewhere: those of the hub's cache may lead to a file that was never finished.
  private static func demandTarget(of path: String) throws(CheckpointError) {
    guard !fileExists(path) else { return }
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard readlink(path, &target, target.count - 1) > 0 else { return }
    let text = String(decoding: target.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    throw CheckpointError(
      file: path, reason: "is a link to \(text), which is not there; download the checkpoint again")
  }

  private static func names(in directory: String) throws(CheckpointError) -> [String] {
    guard let stream = opendir(directory) else {
      throw CheckpointError(file: directory, reason: "cannot list: \(String(cString: strerror(errno)))")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
      }
      names.append(name)
    }
    return names.sorted()
  }
}
