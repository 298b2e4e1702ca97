import HDF5Subset
import Plan

extension PlanTree {
  /// Largest dataset outside of `/weights`.
  static let smallDatasetLimit = 256 << 20

  /// Reads the structure of a file that any plan may have, whatever it means.
  package init(contentsOf path: String) throws(PlanError) {
    try self.init(MappedFile(path: path, sizeLimit: Plan.sizeLimit))
  }

  /// Reads the structure of a mapped file. Elements stay where they are.
  package init(_ mapping: MappedFile) throws(PlanError) {
    self = try inFile(mapping.path) { () throws(Flaw) in try PlanTree(structureOf: mapping) }
  }

  private init(structureOf mapping: MappedFile) throws(Flaw) {
    let reader = try subset { () throws(SubsetError) in try SubsetReader(mapping.bytes) }
    let root = try subset { () throws(SubsetError) in try reader.rootAttributes() }
    _ = try FormatVersion(of: try AttributeSet(root, of: "/"))
    // Extensions are for others: neither followed nor checked.
    let objects = try subset { () throws(SubsetError) in try reader.objects(ignoring: "x_") }
    for object in objects {
      let attributes = try AttributeSet(object.attributes, of: object.path)
      guard let elements = object.elements else {
        groups[object.path] = attributes
        continue
      }
      guard Self.isWeight(object.path) || elements.range.count <= Self.smallDatasetLimit else {
        throw Flaw(
          object.path, "has \(elements.range.count) bytes, more than the limit of \(Self.smallDatasetLimit)")
      }
      datasets[object.path] = TreeDataset(
        type: elements.type, shape: elements.shape, attributes: attributes, mapped: (mapping, elements.range))
    }
  }
}

extension AttributeSet {
  fileprivate init(_ attributes: [SubsetAttribute], of object: String) throws(Flaw) {
    self.init()
    for attribute in attributes {
      guard let value = StoredAttribute(attribute).value else {
        throw Flaw(object, "attribute '\(attribute.name)' has a type or value that plans do not use")
      }
      values[attribute.name] = value
    }
  }
}

/// Runs code whose errors are flaws of a plan.
private func subset<Result>(_ body: () throws(SubsetError) -> Result) throws(Flaw) -> Result {
  do { return try body() } catch { throw Flaw(error.object, error.reason) }
}
