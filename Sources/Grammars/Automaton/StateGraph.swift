/// The nondeterministic automaton of one rule: bytes, and calls of other rules.
struct StateGraph {
  /// What a call enters.
  enum Callee: Hashable {
    case rule(Int)
    /// A rule so many times; its turns are counted on the stack.
    case repetition(rule: Int, least: Int, most: Int)
  }

  struct Edge {
    var bytes: ClosedRange<UInt8>
    var target: Int
  }

  struct Call {
    var callee: Callee
    var target: Int
  }

  struct Node {
    var edges: [Edge] = []
    var calls: [Call] = []
    /// Nodes reached without reading.
    var silent: [Int] = []
  }

  private(set) var nodes = [Node(), Node()]
  static let start = 0
  static let end = 1

  mutating func addNode() -> Int {
    nodes.append(Node())
    return nodes.count - 1
  }

  mutating func addSilent(from: Int, to: Int) { nodes[from].silent.append(to) }

  mutating func add(_ bytes: ClosedRange<UInt8>, from: Int, to: Int) {
    nodes[from].edges.append(Edge(bytes: bytes, target: to))
  }

  mutating func add(_ callee: Callee, from: Int, to: Int) {
    nodes[from].calls.append(Call(callee: callee, target: to))
  }

  mutating func add(_ literal: [UInt8], from: Int, to: Int) {
    guard let last = literal.last else { return addSilent(from: from, to: to) }
    var place = from
    for byte in literal.dropLast() {
      let next = addNode()
      add(byte...byte, from: place, to: next)
      place = next
    }
    add(last...last, from: place, to: to)
  }

  /// Adds one character of a set; the ends of its encodings share their nodes.
  mutating func add(_ characters: ScalarSet, from: Int, to: Int) {
    var ends: [[ClosedRange<UInt8>]: Int] = [[]: to]
    for sequence in characters.byteSequences {
      var target = to
      for place in stride(from: sequence.count - 1, through: 1, by: -1) {
        let end = Array(sequence[place...])
        if let known = ends[end] {
          target = known
        } else {
          let node = addNode()
          add(sequence[place], from: node, to: target)
          ends[end] = node
          target = node
        }
      }
      add(sequence[0], from: from, to: target)
    }
  }
}
