import HDF5Subset
public import Plan
public import PlanFile
import Digests
internal import HDF5
internal import Output

/// Writes plans. A plan appears under its name complete or not at all; one that was there survives a failure.
public enum PlanWriter {
  /// Bytes done, bytes in all.
  public typealias WriteProgress = (_ bytes: Int, _ total: Int) throws(PlanError) -> Void

  /// Writes a plan. The same contents and weights give the same bytes.
  ///
  /// - Parameter progress: told after each piece how many bytes of the weights are written, and of how many; what it
  ///   throws ends the writing.
  public static func write(
    _ contents: PlanContents, weights: some WeightSource, to path: String,
    progress: WriteProgress = { _, _ in }
  ) throws(PlanError) {
    var tree = try inFile(path) { () throws(Flaw) in
      try contents.validate()
      return try PlanTree(contents)
    }
    let size = contents.model.weights.reduce(0) { sum, tensor in
      let format = contents.format(of: tensor)
      return sum + tensor.storedShape(format).reduce(format.elementType.size, *)
    }
    try output(path) { () throws(OutputError) in try AtomicFile.checkRoom(size, for: path) }
    let partial = try output(path) { () throws(OutputError) in try AtomicFile(for: path) }
    do throws(PlanError) {
      try naming(path, insteadOf: partial.path) { () throws(Flaw) in
        let file = try hdf5 { () throws(HDF5Error) in
          try File.create(
            partial.path, metadataBlock: tree.metadataEstimate,
            smallDataBlock: tree.smallWeightBytes)
        }
        var writing = TreeWriting(root: try hdf5 { () throws(HDF5Error) in try file.root() })
        try writing.writeGroups(tree)
        // Float32 first: behind them, panels can misalign nothing.
        let weightsInOrder = contents.model.weights.map { ($0, contents.format(of: $0)) }
        var written = 0
        for (tensor, format) in weightsInOrder.filter({ $0.1 == .float32 })
          + weightsInOrder.filter({ $0.1 != .float32 })
        {
          try writing.write(tensor, as: format, from: weights, in: &tree) { (bytes) throws(PlanError) in
            written += bytes
            try progress(written, size)
          }
        }
        try writing.writeDatasets(tree)
        try writing.writeRoot(&tree)
        writing.closeGroups()
        try hdf5 { () throws(HDF5Error) in
          try file.flush()
          try file.close()
        }
      }
      try output(path) { () throws(OutputError) in try partial.publish() }
    } catch {
      // A library may hold the file open after a failure.
      partial.discard()
      throw error
    }
  }

  /// Errors of files are errors about the plan.
  private static func output<Result>(
    _ path: String, _ body: () throws(OutputError) -> Result
  ) throws(PlanError) -> Result {
    do { return try body() } catch {
      throw PlanError(file: path, reason: "cannot be written: \(error.reason)")
    }
  }

  /// Errors about the temporary file are errors about the plan it was to become.
  private static func naming(
    _ path: String, insteadOf temporary: String, _ body: () throws(Flaw) -> Void
  ) throws(PlanError) {
    do { try body() } catch {
      throw PlanError(
        file: path, object: error.object == temporary ? "/" : error.object, reason: error.reason)
    }
  }
}

/// Puts a tree into an open file.
private struct TreeWriting {
  private var groups: [String: Group]

  init(root: Group) { groups = ["/": root] }

  mutating func closeGroups() { groups = [:] }

  mutating func writeGroups(_ tree: PlanTree) throws(Flaw) {
    for (path, attributes) in tree.groups.sorted(by: { $0.key < $1.key }) where path != "/" {
      let (parent, name) = try parent(of: path)
      let group = try hdf5 { () throws(HDF5Error) in try parent.createGroup(name) }
      groups[path] = group
      try write(attributes, to: group)
    }
  }

  /// Streams one weight and records its digest in the tree.
  func write(
    _ tensor: WeightSpecification, as format: WeightFormat, from source: some WeightSource,
    in tree: inout PlanTree, tell: (_ bytes: Int) throws(PlanError) -> Void
  ) throws(Flaw) {
    guard var node = tree.datasets[tensor.path] else { throw Flaw(tensor.path, "is not in the plan") }
    let dataset = try create(node, at: tensor.path)
    let offset = try hdf5 { () throws(HDF5Error) in try dataset.storage() }.offset
    guard let offset, offset % format.elementType.size == 0 else {
      throw Flaw(tensor.path, "was placed at \(offset ?? -1), which is not aligned to its elements")
    }
    let shape = tensor.storedShape(format)
    let rowBytes = (shape.dropFirst() + [format.elementType.size]).reduce(1, *)
    var digest = SHA256()
    var row = 0
    let error: Double?
    do {
      error = try source.stream(tensor, as: format) { (piece) throws(PlanError) in
        let rows = piece.byteCount / max(1, rowBytes)
        do throws(HDF5Error) { try dataset.write(rows: row..<(row + rows), bytes: piece) } catch {
          throw PlanError(file: "", object: error.object, reason: error.reason)
        }
        digest.update(piece)
        row += rows
        try tell(piece.byteCount)
      }
    } catch {
      throw Flaw(error.object, error.file.isEmpty ? error.reason : "\(error.reason) (\(error.file))")
    }
    guard row == shape.first else { throw Flaw(tensor.path, "got \(row) rows of \(shape)") }
    if format.hasPanels { node.attributes.put("relative_error", error ?? .nan) }
    node.attributes.put("sha256", digest.hexadecimal())
    tree.datasets[tensor.path] = node
    try write(node.attributes, to: dataset)
  }

  func writeDatasets(_ tree: PlanTree) throws(Flaw) {
    for (path, node) in tree.datasets.sorted(by: { $0.key < $1.key }) {
      if PlanTree.isWeight(path) { continue }
      let bytes = node.owned
      let dataset = try create(node, at: path)
      try hdf5 { () throws(HDF5Error) in
        try dataset.write(rows: 0..<(node.shape.first ?? 1), bytes: bytes.span.bytes)
      }
      try write(node.attributes, to: dataset)
    }
  }

  /// The root's attributes come last: they hold the digests of all that came before.
  func writeRoot(_ tree: inout PlanTree) throws(Flaw) {
    tree.seal()
    guard let attributes = tree.groups["/"], let root = groups["/"] else { return }
    try write(attributes, to: root)
  }

  private func create(_ node: TreeDataset, at path: String) throws(Flaw) -> Dataset {
    let (parent, name) = try parent(of: path)
    return try hdf5 { () throws(HDF5Error) in
      try parent.createDataset(name, type: ElementType(node.type), shape: node.shape)
    }
  }

  private func parent(of path: String) throws(Flaw) -> (group: Group, name: String) {
    guard let slash = path.lastIndex(of: "/"),
      let group = groups[slash == path.startIndex ? "/" : String(path[..<slash])]
    else { throw Flaw(path, "has no group above it") }
    return (group, String(path[path.index(after: slash)...]))
  }

  private func write(_ attributes: AttributeSet, to object: some AttributeOwner) throws(Flaw) {
    for (name, value) in attributes.values.sorted(by: { $0.key < $1.key }) {
      guard let stored = StoredAttribute(value) else {
        throw Flaw(object.path, "attribute '\(name)' is too long or holds a zero byte")
      }
      try hdf5 { () throws(HDF5Error) in
        try object.writeAttribute(
          name, type: ElementType(stored.type), shape: stored.shape, bytes: stored.bytes)
      }
    }
  }
}

extension PlanTree {
  /// Room for all object headers, so that they lie together at the start of the file and the block of small
  /// weights behind them starts at a multiple of 16.
  fileprivate var metadataEstimate: Int {
    func size(_ path: String, _ attributes: AttributeSet) -> Int {
      attributes.values.reduce(1024 + 2 * path.utf8.count) { sum, attribute in
        sum + attribute.key.utf8.count + 96 + (StoredAttribute(attribute.value)?.bytes.count ?? 0)
      }
    }
    let bytes =
      groups.reduce(0) { $0 + size($1.key, $1.value) }
      + datasets.reduce(0) { $0 + size($1.key, $1.value.attributes) }
    return (bytes / File.alignment + 1) * File.alignment
  }

  /// Room for all weights under a page. They fill one block and have whole float32 elements, so each is
  /// aligned to its element.
  fileprivate var smallWeightBytes: Int {
    let sizes = datasets.filter { Self.isWeight($0.key) }.map { $0.value.shape.reduce($0.value.type.size, *) }
    return max(File.alignment, sizes.filter { $0 < File.alignment }.reduce(0, +))
  }
}

/// Runs calls into HDF5.
private func hdf5<Result>(_ body: () throws(HDF5Error) -> Result) throws(Flaw) -> Result {
  do { return try body() } catch { throw Flaw(error.object, error.reason) }
}
