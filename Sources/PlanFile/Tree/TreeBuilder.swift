import HDF5Subset
import Plan

/// Turns value types into a tree.
struct TreeBuilder {
  private(set) var tree = PlanTree()
  /// The minor version that a reader needs.
  private(set) var minor = 0

  /// Adds a group with a description for readers of the file.
  mutating func group(_ path: String, _ summary: String, _ attributes: AttributeSet = AttributeSet()) {
    var attributes = attributes
    attributes.put("description", summary)
    minor = max(minor, attributes.minor)
    tree.groups[path] = attributes
  }

  /// Says which version all of it needs; comes last.
  mutating func finish() {
    tree.groups["/"]?.put("format_version", [FormatVersion.current.major, minor])
  }

  /// Adds numbers; without a shape, as a vector.
  mutating func array<Scalar: StoredScalar>(_ schema: DatasetSchema, _ values: [Scalar], shape: [Int]? = nil)
  {
    let bytes = values.withUnsafeBytes { Array($0) }
    add(schema, type: Scalar.storedType, shape: shape ?? [values.count], bytes: bytes)
  }

  /// Adds texts as strings of one fixed width.
  mutating func texts(_ schema: DatasetSchema, _ values: [String]) throws(Flaw) {
    guard let (width, bytes) = paddedText(values) else {
      throw Flaw(schema.path, "text with a zero byte cannot be stored")
    }
    add(schema, type: .text(bytes: width), shape: [values.count], bytes: bytes)
  }

  /// Adds a weight whose elements come later.
  mutating func weight(_ tensor: WeightSpecification, as format: WeightFormat) {
    var attributes = AttributeSet()
    attributes.put("description", tensor.summary)
    if tensor.followsWeightFormat { attributes.put("format", format.rawValue) }
    if let encoding = format.encoding { attributes.put("encoding", encoding) }
    if format.hasPanels { attributes.put("shape", tensor.shape) }
    tree.datasets[tensor.path] = TreeDataset(
      type: format.elementType, shape: tensor.storedShape(format), attributes: attributes)
    for group in ancestors(of: tensor.path) where tree.groups[group] == nil {
      self.group(group, "weights, row-major; shapes are rows x columns")
    }
  }

  private mutating func add(_ schema: DatasetSchema, type: SubsetType, shape: [Int], bytes: [UInt8]) {
    var attributes = AttributeSet()
    attributes.put("description", schema.summary)
    if let unit = schema.unit { attributes.put("unit", unit) }
    if let columns = schema.columns { attributes.put("columns", columns) }
    var dataset = TreeDataset(type: type, shape: shape, attributes: attributes, owned: bytes)
    dataset.attributes.put("sha256", dataset.digest)
    tree.datasets[schema.path] = dataset
    if schema.since > 0 { note(schema) }
  }

  /// Tells readers of older versions about a dataset that they do not know.
  private mutating func note(_ schema: DatasetSchema) {
    guard let parent = ancestors(of: schema.path).last else { return }
    let name = String(schema.path.dropFirst(parent.utf8.count + 1))
    tree.groups[parent]?.need(name, since: schema.since, isOptional: schema.isOptional)
    minor = max(minor, schema.since)
  }
}

/// Groups above a path, outermost first, without the root.
func ancestors(of path: String) -> [String] {
  let parts = path.split(separator: "/")
  return (1..<max(1, parts.count)).map { "/" + parts.prefix($0).joined(separator: "/") }
}
