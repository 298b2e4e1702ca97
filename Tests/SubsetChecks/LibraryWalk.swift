public import HDF5
public import HDF5Subset

/// The same objects as `SubsetReader` gives, read through libhdf5, with what plans demand of them.
public struct LibraryWalk {
  private let fileSize: Int
  private let prefix: String?
  private var objects: [SubsetObject] = []
  private let limits = SubsetLimits()

  /// Reads a file. libhdf5 may crash on a file that nobody has checked.
  public static func objects(
    in path: String, size: Int, ignoring prefix: String? = nil
  ) throws(HDF5Error) -> [SubsetObject] {
    var walk = LibraryWalk(fileSize: size, prefix: prefix)
    try walk.visit(File.open(path).root(), depth: 0)
    let taken = walk.objects.compactMap { $0.elements?.range }.filter { !$0.isEmpty }
      .sorted { $0.lowerBound < $1.lowerBound }
    for (left, right) in zip(taken, taken.dropFirst()) where left.upperBound > right.lowerBound {
      throw HDF5Error(object: path, operation: "elements overlap")
    }
    return walk.objects
  }

  private init(fileSize: Int, prefix: String?) {
    self.fileSize = fileSize
    self.prefix = prefix
  }

  private mutating func visit(_ group: Group, depth: Int) throws(HDF5Error) {
    func refuse(_ reason: String) -> HDF5Error { HDF5Error(object: group.path, operation: reason) }
    guard depth <= limits.depth else { throw refuse("is nested too deep") }
    objects.append(SubsetObject(path: group.path, attributes: try attributes(of: group)))
    guard try group.linkCount() <= limits.members else { throw refuse("has too many members") }
    for link in try group.links() {
      guard link.kind == .hard else { throw refuse("has a member that is not linked hard") }
      if depth == 0, let prefix, link.name.hasPrefix(prefix) { continue }
      switch try group.kind(of: link.name) {
      case .group: try visit(group.group(link.name), depth: depth + 1)
      case .dataset: try visit(group.dataset(link.name))
      case .other: throw refuse("has a member that is neither group nor dataset")
      }
      guard objects.count <= limits.objects + 1 else { throw refuse("is one of too many objects") }
    }
  }

  private mutating func visit(_ dataset: Dataset) throws(HDF5Error) {
    func refuse(_ reason: String) -> HDF5Error { HDF5Error(object: dataset.path, operation: reason) }
    let storage = try dataset.storage()
    guard storage.layout == .contiguous, storage.filters == 0, storage.externalFiles == 0 else {
      throw refuse("is not contiguous")
    }
    guard let type = dataset.type, let shape = dataset.shape, (1...3).contains(shape.count) else {
      throw refuse("has a type or shape that is not accepted")
    }
    var size = type.size
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw refuse("is too large") }
      size = product
    }
    var range = 0..<0
    if size > 0 {
      guard storage.bytes == size, let offset = storage.offset, offset >= 48, offset <= fileSize,
        size <= fileSize - offset
      else { throw refuse("has no place in the file") }
      range = offset..<offset + size
    }
    let elements = SubsetElements(type: SubsetType(type), shape: shape, range: range)
    objects.append(
      SubsetObject(path: dataset.path, attributes: try attributes(of: dataset), elements: elements))
  }

  private func attributes(of owner: some AttributeOwner) throws(HDF5Error) -> [SubsetAttribute] {
    guard try owner.attributeCount() <= limits.attributes else {
      throw HDF5Error(object: owner.path, operation: "has too many attributes")
    }
    var list: [SubsetAttribute] = []
    for attribute in try owner.attributes() {
      guard let type = attribute.type, let shape = attribute.shape, shape.count <= 1 else {
        throw HDF5Error(object: owner.path, operation: "has an attribute that is not accepted")
      }
      list.append(
        SubsetAttribute(
          name: attribute.name, type: SubsetType(type), shape: shape,
          bytes: try attribute.bytes(limit: limits.attributeBytes)))
    }
    return list
  }
}

extension SubsetType {
  /// The type of the same name.
  public init(_ type: ElementType) {
    switch type {
    case .float32: self = .float32
    case .float64: self = .float64
    case .int32: self = .int32
    case .int64: self = .int64
    case .uint8: self = .uint8
    case .uint16: self = .uint16
    case .uint64: self = .uint64
    case .text(let bytes): self = .text(bytes: bytes)
    }
  }
}
