extension Jinja {
  /// A value of a template.
  package enum Value: Sendable {
    case undefined(String)
    case none
    case bool(Bool)
    case int(Int)
    case real(Double)
    case string(String)
    case list([Value])
    case dict([(key: String, value: Value)])
    case namespace(Namespace)
    case macro(Macro)

    var isTrue: Bool {
      switch self {
      case .undefined, .none: false
      case .bool(let value): value
      case .int(let value): value != 0
      case .real(let value): value != 0
      case .string(let text): !text.isEmpty
      case .list(let values): !values.isEmpty
      case .dict(let members): !members.isEmpty
      case .namespace, .macro: true
      }
    }

    /// For messages.
    var kind: String {
      switch self {
      case .undefined(let name): "undefined '\(name)'"
      case .none: "none"
      case .bool: "a boolean"
      case .int: "an integer"
      case .real: "a number"
      case .string: "text"
      case .list: "a list"
      case .dict: "a mapping"
      case .namespace: "a namespace"
      case .macro(let macro): "the macro '\(macro.name)'"
      }
    }

    /// Text as a template prints it; `nil` for values whose printed form is Python's own.
    var printed: String? {
      switch self {
      case .undefined: ""
      case .none: "None"
      case .bool(let value): value ? "True" : "False"
      case .int(let value): "\(value)"
      case .string(let text): text
      case .real(let value): Self.printed(value)
      case .list, .dict, .namespace, .macro: nil
      }
    }

    /// Both languages print the shortest digits that give the number back.
    static func printed(_ value: Double) -> String { value.isNaN ? "nan" : "\(value)" }

    static func == (left: Value, right: Value) -> Bool {
      switch (left, right) {
      case (.undefined, .undefined), (.none, .none): true
      case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
      case (.list(let a), .list(let b)): a.count == b.count && zip(a, b).allSatisfy { $0 == $1 }
      case (.dict(let a), .dict(let b)):
        a.count == b.count
          && a.allSatisfy { pair in b.contains { $0.key == pair.key && $0.value == pair.value } }
      default:
        if let a = left.number, let b = right.number { a == b } else { false }
      }
    }

    /// Booleans count as 0 and 1, as in Python.
    var number: Double? {
      switch self {
      case .bool(let value): value ? 1 : 0
      case .int(let value): Double(value)
      case .real(let value): value
      default: nil
      }
    }

    var integer: Int? {
      switch self {
      case .bool(let value): value ? 1 : 0
      case .int(let value): value
      default: nil
      }
    }
  }

  /// Variables that an inner scope may change: `namespace(...)`.
  package final class Namespace: @unchecked Sendable {
    // One template is evaluated by one thread, and its values do not outlive the evaluation.
    var members: [String: Value]

    init(_ members: [String: Value]) { self.members = members }
  }
}
