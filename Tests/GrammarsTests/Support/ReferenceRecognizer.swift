@testable import Grammars

/// Follows a text through the rules as they were written, with all stacks apart: slow, and plain enough to be believed.
struct ReferenceRecognizer {
  private let rules: RuleSet
  private let root: Int
  private(set) var stacks: Set<[Frame]>

  enum Frame: Hashable {
    case node(rule: Int, Int)
    case turns(rule: Int, made: Int, least: Int, most: Int)
  }

  init(gbnf: String) throws(GrammarError) {
    var parser = try GBNFParser(gbnf)
    let (rules, root) = try parser.ruleSet()
    self.init(rules, root)
  }

  init(_ rules: RuleSet, _ root: Int) {
    self.rules = rules
    self.root = root
    stacks = []
    stacks = closure([[.node(rule: root, StateGraph.start)]])
  }

  var canEnd: Bool { stacks.contains([]) }

  /// Whether some bytes may come next.
  func allows(_ bytes: [UInt8]) -> Bool {
    var copy = self
    for byte in bytes where !copy.accept(byte) { return false }
    return true
  }

  /// Goes on with a byte; `false` where nothing is left.
  mutating func accept(_ byte: UInt8) -> Bool {
    var next: Set<[Frame]> = []
    for stack in stacks {
      guard case .node(let rule, let node)? = stack.last else { continue }
      for edge in rules.graphs[rule].nodes[node].edges where edge.bytes.contains(byte) {
        next.insert(stack.dropLast() + [.node(rule: rule, edge.target)])
      }
    }
    stacks = closure(next)
    return !stacks.isEmpty
  }

  /// All stacks that some become without reading.
  private func closure(_ starts: Set<[Frame]>) -> Set<[Frame]> {
    var found = starts
    var open = Array(starts)
    while let stack = open.popLast() {
      for next in silentSteps(of: stack) where found.insert(next).inserted { open.append(next) }
    }
    return found
  }

  private func silentSteps(of stack: [Frame]) -> [[Frame]] {
    let below = Array(stack.dropLast())
    switch stack.last {
    case nil: return []
    case .turns(let rule, let made, let least, let most):
      var next: [[Frame]] = made >= least ? [below] : []
      if made < most {
        next.append(
          below + [
            .turns(rule: rule, made: made + 1, least: least, most: most), .node(rule: rule, StateGraph.start),
          ])
      }
      return next
    case .node(let rule, let index):
      let node = rules.graphs[rule].nodes[index]
      var next = node.silent.map { below + [.node(rule: rule, $0)] }
      if index == StateGraph.end { next.append(below) }
      for call in node.calls {
        // Nothing to come back for keeps the stacks of right recursion short.
        let target = rules.graphs[rule].nodes[call.target]
        let isLast = target.edges.isEmpty && target.calls.isEmpty && target.silent.isEmpty
        let back = isLast && call.target == StateGraph.end ? below : below + [.node(rule: rule, call.target)]
        switch call.callee {
        case .rule(let callee): next.append(back + [.node(rule: callee, StateGraph.start)])
        case .repetition(let callee, let least, let most):
          next.append(back + [.turns(rule: callee, made: 0, least: least, most: most)])
        }
      }
      return next
    }
  }
}
