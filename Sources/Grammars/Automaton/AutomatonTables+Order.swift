extension AutomatonTables {
  /// The states that calls enter, each behind all that it enters itself before reading; throws when there is no such
  /// order.
  func checkedOrder() throws(GrammarError) -> [Int32] {
    var order: [Int32] = []
    var marks = [Mark](repeating: .new, count: states.count)
    for root in Set(calls.map(\.start) + counters.map(\.item) + [start]).sorted() {
      var path: [(state: Int32, next: [Int32])] = []
      func enter(_ state: Int32) {
        marks[Int(state)] = .open
        path.append((state, entered(from: state)))
      }
      guard marks[Int(root)] == .new else { continue }
      enter(root)
      while let (state, next) = path.last {
        guard let target = next.last else {
          marks[Int(state)] = .done
          order.append(state)
          path.removeLast()
          continue
        }
        path[path.count - 1].next.removeLast()
        switch marks[Int(target)] {
        case .new: enter(target)
        case .done: break
        case .open:
          let circle = path.drop { $0.state != target }.compactMap { names[$0.state] }
          throw .leftRecursion(rule: circle.first ?? "root")
        }
      }
    }
    return order
  }

  private enum Mark {
    case new, open, done
  }

  private func entered(from state: Int32) -> [Int32] {
    let state = states[Int(state)]
    return state.counter.map { [counters[$0].item] } ?? calls[state.calls].map(\.start)
  }

  /// Finds the bytes that may come next in each state, from the order in which states enter each other.
  mutating func fillFirsts(_ order: [Int32]) {
    for state in order { fillFirsts(of: Int(state)) }
    for state in states.indices { fillFirsts(of: state) }
  }

  private mutating func fillFirsts(of state: Int) {
    var firsts = ByteSet()
    for edge in edges[states[state].edges] { firsts.insert(edge.bytes) }
    for target in entered(from: Int32(state)) { firsts.formUnion(states[Int(target)].firsts) }
    states[state].firsts = firsts
  }
}
