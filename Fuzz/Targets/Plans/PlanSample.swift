import HDF5Subset
import Plan
import PlanFile
import PlanWriting

/// A plan that is right, as its file's tree, with weights in memory.
struct PlanSample {
  var contents: PlanContents
  var tree: PlanTree
  /// Where the weights are.
  let mapping: MappedFile
  /// Paths of all objects, sorted.
  let paths: [String]
  /// Paths of the groups, of the weights, and of the other datasets.
  let groups: [String]
  let weights: [String]
  let datasets: [String]

  /// Stands for a path in errors.
  static let name = "sample"
  /// Numbers that the weights of a sample may have.
  private static let weightLimit = 1 << 18

  /// Builds a plan; `nil` where it would be refused for its model, or where that is large.
  init?(_ contents: PlanContents) {
    guard (try? contents.model.validate()) != nil else { return nil }
    let specifications = contents.model.weights
    var total = 0
    for weight in specifications {
      guard let elements = weight.elements, elements <= Self.weightLimit else { return nil }
      total += elements
    }
    guard total <= Self.weightLimit, var tree = try? PlanTree(contents) else { return nil }
    var bytes: [UInt8] = []
    var ranges: [String: Range<Int>] = [:]
    for weight in specifications {
      let format = contents.format(of: weight)
      var own: [UInt8] = []
      let error = try? SmallWeights().stream(weight, as: format) { piece in
        piece.withUnsafeBytes { own += $0 }
      }
      let alignment = own.count < 4096 ? 64 : 4096
      bytes += repeatElement(0, count: (alignment - bytes.count % alignment) % alignment)
      ranges[weight.path] = bytes.count..<bytes.count + own.count
      bytes += own
      if format.hasPanels { tree.datasets[weight.path]?.attributes.put("relative_error", error ?? 0) }
    }
    guard
      let mapping = try? bytes.withUnsafeBytes({ raw throws(PlanError) in
        try MappedFile(copying: raw, as: Self.name)
      })
    else { return nil }
    for (path, range) in ranges {
      guard var dataset = tree.datasets[path] else { return nil }
      dataset.mapped = (mapping, range)
      dataset.attributes.put("sha256", dataset.digest)
      tree.datasets[path] = dataset
    }
    // A table that no longer has the sizes of the model is none that a file can hold.
    for (path, dataset) in tree.datasets where !path.hasPrefix("/weights/") {
      guard dataset.shape.reduce(dataset.type.size, *) == dataset.owned.count else { return nil }
    }
    tree.seal()
    self.contents = contents
    self.tree = tree
    self.mapping = mapping
    paths = (Array(tree.groups.keys) + tree.datasets.keys).sorted()
    groups = tree.groups.keys.sorted()
    weights = tree.datasets.keys.filter { $0.hasPrefix("/weights/") }.sorted()
    datasets = tree.datasets.keys.filter { !$0.hasPrefix("/weights/") }.sorted()
  }
}
