/// Finds the nodes of a graph that are reached without reading.
struct SilentClosures {
  private let graph: StateGraph
  /// By node: in which search it was last seen.
  private var seen: [Int32]
  private var search: Int32 = 0
  /// Nodes looked at.
  private(set) var steps = 0

  init(_ graph: StateGraph) {
    self.graph = graph
    seen = Array(repeating: 0, count: graph.nodes.count)
  }

  /// Those of the nodes reached that read something, call or end the rule, in order.
  mutating func closure(of starts: [Int32]) -> [Int32] {
    search += 1
    var open = starts
    var found: [Int32] = []
    while let index = open.popLast() {
      steps += 1
      guard seen[Int(index)] != search else { continue }
      seen[Int(index)] = search
      let node = graph.nodes[Int(index)]
      if index == StateGraph.end || !node.edges.isEmpty || !node.calls.isEmpty { found.append(index) }
      for target in node.silent { open.append(Int32(target)) }
    }
    return found.sorted()
  }
}
