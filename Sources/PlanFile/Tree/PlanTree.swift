package import HDF5Subset
import Digests

/// A plan as a tree of groups and datasets, between the value types and the file.
///
/// Writing: value types -> tree -> file. Reading: file -> tree -> value types, taking nodes out until none
/// is left. The digest of the contents is computed on the tree, so both directions agree on it.
package struct PlanTree: Sendable {
  package var groups: [String: AttributeSet] = [:]
  package var datasets: [String: TreeDataset] = [:]
}

/// One dataset of the tree.
package struct TreeDataset: Sendable {
  package var type: SubsetType
  package var shape: [Int]
  package var attributes: AttributeSet
  /// Elements in memory, about to be written; empty where they are in a file or on their way to one.
  package var owned: [UInt8] = []
  /// Elements in a mapped plan; the range is inside the mapping.
  package var mapped: (file: MappedFile, range: Range<Int>)?

  /// Lends the elements' bytes.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    guard let mapped else { return owned.withUnsafeBytes(body) }
    return body(UnsafeRawBufferPointer(rebasing: mapped.file.bytes[mapped.range]))
  }

  /// SHA-256 of the elements' bytes.
  package var digest: String { withBytes { SHA256.hexadecimal(of: $0) } }
}

/// What readers of the file are told about a dataset, and what is checked of it.
struct DatasetSchema: Sendable {
  var path: String
  var summary: String
  var unit: String?
  var columns: [String]?
  /// The minor version that brought it.
  var since = 0
  /// Whether readers that do not know it may go on without it.
  var isOptional = false

  init(
    _ path: String, _ summary: String, unit: String? = nil, columns: [String]? = nil, since: Int = 0,
    isOptional: Bool = false
  ) {
    self.path = path
    self.summary = summary
    self.unit = unit
    self.columns = columns
    self.since = since
    self.isOptional = isOptional
  }
}

extension PlanTree {
  /// Datasets of this many bytes or more start at a multiple of it.
  static let alignment = 4096

  /// Whether a path is inside `/weights`.
  package static func isWeight(_ path: String) -> Bool { path.hasPrefix("/weights/") }

  /// Puts the digests of what is in the tree into the root's attributes, and returns them. It is the last change before
  /// the root is written.
  @discardableResult
  package mutating func seal() -> (weights: String, contents: String) {
    var root = groups["/"] ?? AttributeSet()
    let weights = weightsDigest
    root.put("weights_digest", weights)
    groups["/"] = root
    let contents = contentsDigest
    root.put("contents_digest", contents)
    groups["/"] = root
    return (weights, contents)
  }

  /// SHA-256 over names, types, shapes and digests of the weights.
  var weightsDigest: String {
    var lines = DigestedLines()
    for path in datasets.keys.filter(Self.isWeight).sorted() { lines.add(datasets[path], at: path) }
    return lines.hexadecimal()
  }

  /// SHA-256 over everything else, except the attribute that holds it.
  var contentsDigest: String {
    var lines = DigestedLines()
    for path in groups.keys.sorted() {
      guard var attributes = groups[path] else { continue }
      if path == "/" { attributes.values["contents_digest"] = nil }
      lines.add(attributes, at: path)
    }
    for path in datasets.keys.filter({ !Self.isWeight($0) }).sorted() { lines.add(datasets[path], at: path) }
    return lines.hexadecimal()
  }
}

/// What is digested of a tree.
///
/// Every line ends itself and every run of bytes is announced with its length, so no two trees that differ give the
/// same input.
private struct DigestedLines {
  private var digest = SHA256()
  private var waiting: [UInt8] = []
  private static let room = 4096

  mutating func add(_ attributes: AttributeSet, at path: String) {
    add("group ", path, "\n")
    add(attributes)
  }

  mutating func add(_ dataset: TreeDataset?, at path: String) {
    guard let dataset else { return }
    add("dataset ", path, " ", dataset.type.description, " ", Self.text(dataset.shape), "\n")
    add(dataset.attributes)
  }

  consuming func hexadecimal() -> String {
    digest.update(waiting)
    return digest.hexadecimal()
  }

  private mutating func add(_ attributes: AttributeSet) {
    for name in attributes.values.keys.sorted() {
      guard let stored = attributes.values[name].flatMap({ StoredAttribute($0) }) else { continue }
      add("attribute ", String(name.utf8.count), " ", name, " ", stored.type.description, " ")
      add(Self.text(stored.shape), " ", String(stored.bytes.count), "\n")
      waiting += stored.bytes
    }
  }

  private mutating func add(_ texts: String...) {
    for text in texts { waiting += text.utf8 }
    guard waiting.count >= Self.room else { return }
    digest.update(waiting)
    waiting.removeAll(keepingCapacity: true)
  }

  /// As a list of numbers prints.
  private static func text(_ shape: [Int]) -> String {
    "[" + shape.map(String.init).joined(separator: ", ") + "]"
  }
}
