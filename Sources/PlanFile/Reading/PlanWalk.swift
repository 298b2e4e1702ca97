import Plan
internal import HDF5

/// Turns a file into a tree, accepting only what any plan may contain.
///
/// What this plan must contain is decided later, by whoever takes nodes out of the tree.
struct PlanWalk {
  private let mapping: MappedFile
  private var tree = PlanTree()
  private var extents: [(range: Range<Int>, path: String)] = []
  private var objects = 0

  static let objectLimit = 100_000
  static let memberLimit = 4096
  static let attributeLimit = 128
  static let depthLimit = 8
  static let smallDatasetLimit = 256 << 20

  /// Reads the structure of an open file whose bytes are mapped; elements stay where they are.
  static func tree(of file: File, in mapping: MappedFile) throws(Flaw) -> PlanTree {
    var walk = PlanWalk(mapping: mapping)
    let root = try hdf5 { () throws(HDF5Error) in try file.root() }
    try walk.checkVersion(root)
    try walk.visit(root, depth: 0)
    try walk.checkOverlaps()
    return walk.tree
  }

  private init(mapping: MappedFile) { self.mapping = mapping }

  /// A plan of another version may look like anything, so this comes before all else.
  private mutating func checkVersion(_ root: Group) throws(Flaw) {
    var attributes = try readAttributes(of: root)
    let format: String = try attributes.take("format", of: "/")
    guard format == FormatVersion.name else {
      throw Flaw("/", "has format '\(format.prefix(64))', expected '\(FormatVersion.name)'")
    }
    let version: [Int] = try attributes.take("format_version", of: "/")
    guard version.count == 2 else {
      throw Flaw("/", "format_version has \(version.count) numbers, expected 2")
    }
    guard version[0] == Int(FormatVersion.major), version[1] >= 0 else {
      let supported = "\(FormatVersion.major).\(FormatVersion.minor)"
      throw Flaw("/", "has format version \(version[0]).\(version[1]), this program reads \(supported)")
    }
  }

  private mutating func visit(_ group: Group, depth: Int) throws(Flaw) {
    guard depth <= Self.depthLimit else { throw Flaw(group.path, "is nested deeper than \(Self.depthLimit)") }
    tree.groups[group.path] = try readAttributes(of: group)
    guard try hdf5({ () throws(HDF5Error) in try group.linkCount() }) <= Self.memberLimit else {
      throw Flaw(group.path, "has more than \(Self.memberLimit) members")
    }
    for link in try hdf5({ () throws(HDF5Error) in try group.links() }) {
      let path = group.path == "/" ? "/\(link.name)" : "\(group.path)/\(link.name)"
      guard link.kind == .hard else {
        throw Flaw(path, "is linked as \(link.kind); only hard links are allowed")
      }
      guard Self.isPlain(link.name) else { throw Flaw(group.path, "has a member with an odd name") }
      // Extensions are for others: not followed, not checked.
      if depth == 0 && link.name.hasPrefix("x_") { continue }
      objects += 1
      guard objects <= Self.objectLimit else { throw Flaw("/", "has more than \(Self.objectLimit) objects") }
      switch try hdf5({ () throws(HDF5Error) in try group.kind(of: link.name) }) {
      case .group:
        try visit(try hdf5 { () throws(HDF5Error) in try group.group(link.name) }, depth: depth + 1)
      case .dataset:
        try visit(try hdf5 { () throws(HDF5Error) in try group.dataset(link.name) })
      case .other: throw Flaw(path, "is neither a group nor a dataset")
      }
    }
  }

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 128
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
      }
  }

  private mutating func visit(_ dataset: Dataset) throws(Flaw) {
    let path = dataset.path
    let storage = try hdf5 { () throws(HDF5Error) in try dataset.storage() }
    guard storage.layout == .contiguous else { throw Flaw(path, "is \(storage.layout), expected contiguous") }
    guard storage.filters == 0 else { throw Flaw(path, "has \(storage.filters) filters, expected none") }
    guard storage.externalFiles == 0 else { throw Flaw(path, "keeps its data in another file") }
    guard let type = dataset.type else { throw Flaw(path, "has an element type that plans do not use") }
    guard let shape = dataset.shape, (1...3).contains(shape.count) else {
      throw Flaw(path, "has a shape that plans do not use")
    }
    guard let size = (shape + [type.size]).checkedProduct else {
      throw Flaw(path, "has shape \(shape), too large to address")
    }
    tree.datasets[path] = TreeDataset(
      type: type, shape: shape, attributes: try readAttributes(of: dataset),
      payload: .mapped(mapping, try range(path, storage, size)))
  }

  /// Where the elements are, inside the file.
  private mutating func range(
    _ path: String, _ storage: DatasetStorage, _ size: Int
  ) throws(Flaw) -> Range<Int> {
    if size == 0 { return 0..<0 }
    guard storage.bytes == size else { throw Flaw(path, "stores \(storage.bytes) bytes, expected \(size)") }
    guard let offset = storage.offset else { throw Flaw(path, "has no place in the file") }
    let (end, overflow) = offset.addingReportingOverflow(size)
    guard offset >= 48, !overflow, end <= mapping.bytes.count else {
      throw Flaw(path, "lies outside the file: \(size) bytes at \(offset) of \(mapping.bytes.count)")
    }
    if !PlanTree.isWeight(path), size > Self.smallDatasetLimit {
      throw Flaw(path, "has \(size) bytes, more than the limit of \(Self.smallDatasetLimit)")
    }
    extents.append((offset..<end, path))
    return offset..<end
  }

  private func checkOverlaps() throws(Flaw) {
    let sorted = extents.sorted { ($0.range.lowerBound, $0.path) < ($1.range.lowerBound, $1.path) }
    for (left, right) in zip(sorted, sorted.dropFirst()) where left.range.upperBound > right.range.lowerBound
    {
      throw Flaw(right.path, "shares bytes with \(left.path)")
    }
  }

  private func readAttributes(of object: some AttributeOwner) throws(Flaw) -> AttributeSet {
    guard try hdf5({ () throws(HDF5Error) in try object.attributeCount() }) <= Self.attributeLimit else {
      throw Flaw(object.path, "has more than \(Self.attributeLimit) attributes")
    }
    var set = AttributeSet()
    for attribute in try hdf5({ () throws(HDF5Error) in try object.attributes() }) {
      guard let type = attribute.type, let shape = attribute.shape, shape.count <= 1 else {
        throw Flaw(object.path, "attribute '\(attribute.name)' has a type or shape that plans do not use")
      }
      let bytes = try hdf5 { () throws(HDF5Error) in try attribute.bytes(limit: StoredAttribute.byteLimit) }
      guard let value = StoredAttribute(type: type, shape: shape, bytes: bytes).value else {
        throw Flaw(object.path, "attribute '\(attribute.name)' has a type or value that plans do not use")
      }
      set.values[attribute.name] = value
    }
    return set
  }
}
