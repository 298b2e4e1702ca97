import HDF5Subset
import Plan

/// What a tree means: contents and tensors, with every digest that does not need the weights' bytes checked.
struct PlanReading {
  var contents: PlanContents
  var tensors: [StoredTensor]
  var producer: String
  var weightsDigest: String
  var contentsDigest: String

  init(_ tree: PlanTree) throws(Flaw) {
    let version = try FormatVersion(of: tree.groups["/"] ?? AttributeSet())
    var reader = TreeReader(tree, version: version)
    let root = try reader.group("/") { (attributes) throws(Flaw) in
      try attributes.take(RootAttributes.self, of: "/")
    }
    var contents = try PlanContents(from: &reader, root: root)
    try contents.validate()
    guard root.calibrationSetDigest == contents.calibration?.provenance.setDigest ?? "" else {
      throw Flaw("/", "calibration_set_digest differs from that of /calibration/provenance")
    }
    tensors = []
    for specification in contents.model.weights {
      let (dataset, format) = try reader.weight(specification)
      if specification.followsWeightFormat, format != contents.weightFormat {
        contents.weightOverrides[specification.name] = format
      }
      tensors.append(try Self.tensor(specification, format, dataset))
    }
    try reader.finish()
    guard tree.weightsDigest == root.weightsDigest else {
      throw Flaw("/", "weights_digest does not match the weights: damaged or put together from two plans")
    }
    guard tree.contentsDigest == root.contentsDigest else {
      throw Flaw("/", "contents_digest does not match the contents: damaged or changed by hand")
    }
    self.contents = contents
    producer = root.producer
    weightsDigest = root.weightsDigest
    contentsDigest = root.contentsDigest
  }

  private static func tensor(
    _ specification: WeightSpecification, _ format: WeightFormat, _ dataset: TreeDataset
  ) throws(Flaw) -> StoredTensor {
    guard let (mapping, range) = dataset.mapped,
      case .text(let digest)? = dataset.attributes.values["sha256"]
    else { throw Flaw(specification.path, "has no bytes") }
    let alignment = range.count >= PlanTree.alignment ? PlanTree.alignment : format.elementType.size
    guard range.lowerBound % alignment == 0 else {
      throw Flaw(specification.path, "starts at \(range.lowerBound), which is not a multiple of \(alignment)")
    }
    var error: Double?
    if case .real(let value)? = dataset.attributes.values["relative_error"] { error = value }
    return StoredTensor(
      name: specification.name, shape: specification.shape, format: format, relativeError: error,
      bytes: UnsafeRawBufferPointer(rebasing: mapping.bytes[range]), mapping: mapping, digest: digest)
  }
}
