import Digests
import Plan
package import HDF5

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
  package var type: ElementType
  package var shape: [Int]
  package var attributes: AttributeSet
  package var payload: Payload

  /// Where the elements are.
  package enum Payload: Sendable {
    /// In memory, about to be written.
    case owned([UInt8])
    /// In a mapped plan; the range is inside the mapping.
    case mapped(MappedFile, Range<Int>)
    /// Not here: weights on their way to a file.
    case streamed
  }

  /// Lends the elements' bytes.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    switch payload {
    case .owned(let bytes): bytes.withUnsafeBytes(body)
    case .mapped(let file, let range): body(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    case .streamed: body(UnsafeRawBufferPointer(start: nil, count: 0))
    }
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

  init(_ path: String, _ summary: String, unit: String? = nil, columns: [String]? = nil) {
    self.path = path
    self.summary = summary
    self.unit = unit
    self.columns = columns
  }
}

extension PlanTree {
  static let weightRoot = "/weights"

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
    var digest = SHA256()
    for (path, dataset) in datasets.sorted(by: { $0.key < $1.key }) where Self.isWeight(path) {
      digest.add(dataset, at: path)
    }
    return digest.hexadecimal()
  }

  /// SHA-256 over everything else, except the attribute that holds it.
  var contentsDigest: String {
    var digest = SHA256()
    for (path, attributes) in groups.sorted(by: { $0.key < $1.key }) {
      digest.update("group \(path)\n")
      var attributes = attributes
      if path == "/" { attributes.values["contents_digest"] = nil }
      digest.add(attributes)
    }
    for (path, dataset) in datasets.sorted(by: { $0.key < $1.key }) where !Self.isWeight(path) {
      digest.add(dataset, at: path)
    }
    return digest.hexadecimal()
  }
}

extension SHA256 {
  // Every line ends itself and every run of bytes is announced with its length, so no two trees that
  // differ give the same input.
  fileprivate mutating func add(_ dataset: TreeDataset, at path: String) {
    update("dataset \(path) \(dataset.type) \(dataset.shape)\n")
    add(dataset.attributes)
  }

  fileprivate mutating func add(_ attributes: AttributeSet) {
    for (name, value) in attributes.values.sorted(by: { $0.key < $1.key }) {
      guard let stored = StoredAttribute(value) else { continue }
      update("attribute \(name.utf8.count) \(name) \(stored.type) \(stored.shape) \(stored.bytes.count)\n")
      update(stored.bytes)
    }
  }
}
