/// Follows all links of a file.
struct Walk {
  private struct Step {
    var path: String
    var address: UInt64
    /// Groups above.
    var depth: Int
  }

  /// What was found.
  private(set) var objects: [SubsetObject] = []
  private let file: UnsafeRawBufferPointer
  private let limits: SubsetLimits
  private var claims: Claims
  /// What is yet to be visited, last first.
  private var steps: [Step]
  private var linked = 0
  private var paths: [UInt64: String] = [:]

  init(_ file: UnsafeRawBufferPointer, limits: SubsetLimits, root: UInt64) {
    self.file = file
    self.limits = limits
    claims = Claims(fileSize: file.count, limits: limits)
    steps = [Step(path: "/", address: root, depth: 0)]
  }

  /// Visits everything that can be reached from the root.
  mutating func run(ignoring prefix: String?) throws(SubsetError) {
    while let step = steps.popLast() { try visit(step, ignoring: prefix) }
    try claims.check()
  }

  private mutating func visit(_ step: Step, ignoring prefix: String?) throws(SubsetError) {
    let path = step.path
    if let other = paths.updateValue(path, forKey: step.address) {
      throw SubsetError(path, "is reached twice: it is also \(other)")
    }
    var reader = try HeaderReader(file, at: step.address, of: path, limits: limits, &claims)
    let header = try ObjectHeader(&reader, of: path, limits: limits, &claims)
    guard let (type, space, layout) = header.elements else {
      objects.append(SubsetObject(path: path, attributes: header.attributes))
      return try follow(header.links, from: step, ignoring: prefix)
    }
    guard step.depth > 0 else { throw SubsetError(path, "is a dataset, expected a group") }
    let range = try layout.range(of: try space.byteCount(type, of: path), in: file.count, path)
    if !range.isEmpty { claims.takeElements(range, for: path) }
    let elements = SubsetElements(type: type, shape: space.shape, range: range)
    objects.append(SubsetObject(path: path, attributes: header.attributes, elements: elements))
  }

  private mutating func follow(
    _ links: [Link], from group: Step, ignoring prefix: String?
  ) throws(SubsetError) {
    guard group.depth <= limits.depth else {
      throw SubsetError(group.path, "is nested deeper than \(limits.depth)")
    }
    for link in links.reversed() {
      if group.depth == 0, let prefix, link.name.hasPrefix(prefix) { continue }
      linked += 1
      guard linked <= limits.objects else {
        throw SubsetError("/", "has more than \(limits.objects) objects")
      }
      let path = group.path == "/" ? "/\(link.name)" : "\(group.path)/\(link.name)"
      steps.append(Step(path: path, address: link.address, depth: group.depth + 1))
    }
  }
}
