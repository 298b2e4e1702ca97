import Plan

/// `/operating_points/NAME` and `/pareto_front/NAME`: everything as attributes, the settings of a method only where it is used.
extension OperatingPoint {
  private static let measured = "measured"

  /// Attributes of the point's group; `index` is its place in the list.
  fileprivate func attributes(index: Int) -> AttributeSet {
    var set = AttributeSet()
    set.put("index", index)
    settings.put(into: &set)
    set.put(Self.measured, figures != nil)
    if let figures { set.put(figures, prefix: Self.measured + "_") }
    return set
  }

  private init(_ name: String, from set: inout AttributeSet, of path: String) throws(Flaw) {
    self.init(name: name, settings: try PruningSettings(from: &set, of: path))
    let isMeasured: Bool = try set.take(Self.measured, of: path)
    if isMeasured { figures = try set.take(prefix: Self.measured + "_", of: path) }
  }

  /// Takes all points of a group, in the order in which they were written.
  static func all(in reader: inout TreeReader, root: String) throws(Flaw) -> [OperatingPoint] {
    try reader.group(root)
    let prefix = root + "/"
    let paths = reader.tree.groups.keys.filter { path in
      path.hasPrefix(prefix) && !path.dropFirst(prefix.count).contains("/")
    }.sorted()
    var points: [(index: Int, point: OperatingPoint)] = []
    for path in paths {
      let name = String(path.dropFirst(prefix.count))
      points.append(
        try reader.group(path) { (attributes) throws(Flaw) in
          let index: Int = try attributes.take("index", of: path)
          return (index, try OperatingPoint(name, from: &attributes, of: path))
        })
    }
    points.sort { $0.index < $1.index }
    guard points.map(\.index) == Array(0..<points.count) else {
      throw Flaw(root, "indices of the points are not 0 to \(points.count - 1)")
    }
    return points.map(\.point)
  }
}

extension TreeBuilder {
  mutating func add(_ points: [OperatingPoint]) {
    add(
      points, OperatingPoint.root,
      "named settings of all methods with measured figures; dense always exists")
  }

  mutating func add(front points: [OperatingPoint]) {
    add(
      points, OperatingPoint.frontRoot,
      "what tuning measured and nothing else beat in divergence, prefill and memory, from careful to bold")
  }

  private mutating func add(_ points: [OperatingPoint], _ root: String, _ summary: String) {
    group(root, summary)
    for (index, point) in points.enumerated() {
      group(
        point.path(in: root), "settings, and what was measured for them", point.attributes(index: index))
    }
  }
}
