import HDF5Subset
import Plan

/// Takes value types out of a tree, checking type, shape and attributes of everything it takes.
struct TreeReader {
  private(set) var tree: PlanTree
  private let version: FormatVersion
  /// Paths that the groups above them list as optional.
  private let optional: Set<String>

  /// Entries that a list of texts may have: each costs much more in memory than in the file.
  private static let textLimit = 1 << 18

  init(_ tree: PlanTree, version: FormatVersion = .current) {
    self.tree = tree
    self.version = version
    guard version.isNewer else {
      optional = []
      return
    }
    var paths: Set<String> = []
    for (path, attributes) in tree.groups {
      for name in attributes.optionalNames { paths.insert(path == "/" ? "/\(name)" : "\(path)/\(name)") }
    }
    optional = paths
  }

  /// Takes a group; `body` takes its attributes, and none may be left.
  mutating func group<Result>(
    _ path: String, _ body: (inout AttributeSet) throws(Flaw) -> Result
  ) throws(Flaw) -> Result {
    guard var attributes = tree.groups.removeValue(forKey: path) else {
      throw Flaw(path, tree.datasets[path] == nil ? "group is missing" : "is a dataset, not a group")
    }
    _ = try attributes.takeIfPresent("description", as: String.self, of: path)
    let result = try body(&attributes)
    try attributes.finish(path, version)
    return result
  }

  /// Takes a group without attributes of its own.
  mutating func group(_ path: String) throws(Flaw) {
    try group(path) { (_) throws(Flaw) in }
  }

  /// Takes numbers. An extent of `nil` is free.
  mutating func array<Scalar: StoredScalar>(
    _ schema: DatasetSchema, _: Scalar.Type = Scalar.self, shape: [Int?]
  ) throws(Flaw) -> [Scalar] {
    let dataset = try take(schema)
    guard dataset.type == Scalar.storedType else {
      throw Flaw(schema.path, "is \(dataset.type), expected \(Scalar.storedType)")
    }
    try checkAttributes(dataset, schema)
    try checkShape(dataset, schema.path, shape)
    return dataset.withBytes { loadArray($0) }
  }

  /// Extents of a dataset that may be there.
  func shape(of path: String) -> [Int]? { tree.datasets[path]?.shape }

  /// Demands that a table, if it is there, has no more rows than somebody may need.
  func require(rows schema: DatasetSchema, upTo limit: Int) throws(Flaw) {
    guard let rows = shape(of: schema.path)?.first, rows > limit else { return }
    throw Flaw(schema.path, "has \(rows) rows, more than \(limit)")
  }

  /// Takes texts of fixed width.
  mutating func texts(_ schema: DatasetSchema, count: Int?) throws(Flaw) -> [String] {
    let dataset = try take(schema)
    guard case .text(let width) = dataset.type else {
      throw Flaw(schema.path, "is \(dataset.type), expected text")
    }
    try checkAttributes(dataset, schema)
    try checkShape(dataset, schema.path, [count])
    guard dataset.shape[0] <= Self.textLimit else {
      throw Flaw(schema.path, "has \(dataset.shape[0]) texts, more than \(Self.textLimit)")
    }
    guard let texts = dataset.withBytes({ unpaddedText(Array($0), width: width) }) else {
      throw Flaw(schema.path, "text is not UTF-8 padded with zero bytes")
    }
    return texts
  }

  /// Takes a weight, in the format it says it has, and the groups above it.
  mutating func weight(_ tensor: WeightSpecification) throws(Flaw) -> (TreeDataset, WeightFormat) {
    let path = tensor.path
    // With the group that holds it, those above were taken.
    if tree.groups[String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])] != nil {
      for group in ancestors(of: path) where tree.groups[group] != nil { try self.group(group) }
    }
    var dataset = try take(DatasetSchema(path, tensor.summary))
    var format = WeightFormat.float32
    if tensor.followsWeightFormat {
      let name: String = try dataset.attributes.take("format", of: path)
      guard let known = WeightFormat(rawValue: name) else {
        throw Flaw(path, "has the unknown format '\(name)'")
      }
      format = known
    }
    guard dataset.type == format.elementType else {
      throw Flaw(path, "is \(dataset.type), expected \(format.elementType)")
    }
    try checkShape(dataset, path, tensor.storedShape(format))
    if let known = format.encoding {
      let encoding: String = try dataset.attributes.take("encoding", of: path)
      guard encoding == known else { throw Flaw(path, "has the unknown encoding '\(encoding)'") }
    }
    if format.hasPanels {
      let shape: [Int] = try dataset.attributes.take("shape", of: path)
      guard shape == tensor.shape else {
        throw Flaw(path, "holds a matrix of \(shape), expected \(tensor.shape)")
      }
    }
    let digest: String = try dataset.attributes.take("sha256", of: path)
    _ = try dataset.attributes.take("description", as: String.self, of: path)
    let error: Double? = format.hasPanels ? try dataset.attributes.take("relative_error", of: path) : nil
    try dataset.attributes.finish(path, version)
    dataset.attributes.put("sha256", digest)
    if let error { dataset.attributes.put("relative_error", error) }
    return (dataset, format)
  }

  /// Demands that nothing is left but what may be left alone.
  func finish() throws(Flaw) {
    let left = (Array(tree.groups.keys) + tree.datasets.keys).filter { path in
      !(ancestors(of: path) + [path]).contains { optional.contains($0) }
    }
    guard let path = left.min() else { return }
    throw Flaw(path, version.isNewer ? version.unknown : "is not expected in a plan of this model")
  }

  private mutating func take(_ schema: DatasetSchema) throws(Flaw) -> TreeDataset {
    guard let dataset = tree.datasets.removeValue(forKey: schema.path) else {
      throw Flaw(
        schema.path, tree.groups[schema.path] == nil ? "dataset is missing" : "is a group, not a dataset")
    }
    // Those of weights are checked when somebody asks for it.
    if !PlanTree.isWeight(schema.path), dataset.attributes.values["sha256"] != .text(dataset.digest) {
      throw Flaw(schema.path, "is damaged: its bytes do not have the stated digest")
    }
    return dataset
  }

  private func checkAttributes(_ dataset: TreeDataset, _ schema: DatasetSchema) throws(Flaw) {
    var attributes = dataset.attributes
    _ = try attributes.take("description", as: String.self, of: schema.path)
    _ = try attributes.take("sha256", as: String.self, of: schema.path)
    if schema.unit != nil { _ = try attributes.take("unit", as: String.self, of: schema.path) }
    if let columns = schema.columns {
      let found: [String] = try attributes.take("columns", of: schema.path)
      guard found == columns else { throw Flaw(schema.path, "has columns \(found), expected \(columns)") }
    }
    try attributes.finish(schema.path, version)
  }

  private func checkShape(_ dataset: TreeDataset, _ path: String, _ shape: [Int?]) throws(Flaw) {
    let fits =
      dataset.shape.count == shape.count && zip(dataset.shape, shape).allSatisfy { $1 == nil || $0 == $1 }
    if fits { return }
    let wanted = shape.map { $0.map(String.init) ?? "any" }.joined(separator: " x ")
    let found = dataset.shape.map(String.init).joined(separator: " x ")
    throw Flaw(path, "has shape \(found), expected \(wanted)")
  }
}
