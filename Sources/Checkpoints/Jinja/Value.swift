extension Jinja {
  /// A value of a template.
  package enum Value: Sendable {
    case undefined(String)
    case none
    case bool(Bool)
    case int(Int)
    case real(Double)
    case string(String)
    case list(List)
    case dict(Mapping)
    case namespace(Namespace)
    case macro(Macro)

    /// A text of its own for each item.
    static func texts(_ texts: [String]) -> Value { .list(List(texts.map { .string($0) })) }

    var isTrue: Bool {
      switch self {
      case .undefined, .none: false
      case .bool(let value): value
      case .int(let value): value != 0
      case .real(let value): value != 0
      case .string(let text): !text.isEmpty
      case .list(let list): !list.items.isEmpty
      case .dict(let mapping): !mapping.members.isEmpty
      case .namespace, .macro: true
      }
    }

    /// For messages.
    var kind: String {
      switch self {
      case .undefined(let name): "undefined '\(name.prefix(64))'"
      case .none: "none"
      case .bool: "a boolean"
      case .int: "an integer"
      case .real: "a number"
      case .string: "text"
      case .list: "a list"
      case .dict: "a mapping"
      case .namespace: "a namespace"
      case .macro(let macro): "the macro '\(macro.name.prefix(64))'"
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

    /// Both languages print the shortest digits that give the number back; Python without an exponent up to 1e16.
    static func printed(_ value: Double) -> String {
      if value.isNaN { return "nan" }
      let isLarge = (0x1p53..<1e16).contains(value.magnitude)
      return isLarge ? Int(exactly: value).map { "\($0).0" } ?? "\(value)" : "\(value)"
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

    /// Levels of lists and mappings in it. Other values hold none: a namespace keeps its own.
    var depth: Int {
      switch self {
      case .list(let list): list.depth
      case .dict(let mapping): mapping.depth
      default: 0
      }
    }
  }

  /// A list of a template, which knows how deep it is.
  package struct List: Sendable, ExpressibleByArrayLiteral {
    let items: [Value]
    let depth: Int

    /// Creates a list.
    package init(_ items: [Value]) {
      self.items = items
      depth = 1 + items.reduce(0) { max($0, $1.depth) }
    }

    /// Creates a list from a literal.
    package init(arrayLiteral items: Value...) { self.init(items) }
  }

  /// A mapping of a template in the order of its members, which knows how deep it is.
  package struct Mapping: Sendable, ExpressibleByArrayLiteral {
    let members: [(key: String, value: Value)]
    let depth: Int

    /// Creates a mapping. No key may be there twice.
    package init(_ members: [(key: String, value: Value)]) {
      self.members = members
      depth = 1 + members.reduce(0) { max($0, $1.value.depth) }
    }

    /// Creates a mapping from a literal.
    package init(arrayLiteral members: (key: String, value: Value)...) { self.init(members) }

    /// Finds a member by the code points of its name, as Python does.
    subscript(name: String) -> Value? {
      members.first { $0.key.utf8.elementsEqual(name.utf8) }?.value
    }
  }

  /// Variables that an inner scope may change: `namespace(...)`.
  package final class Namespace: @unchecked Sendable {
    // One template is evaluated by one thread, and its values do not outlive the evaluation.
    var members: [String: Value]

    init(_ members: [String: Value]) { self.members = members }
  }
}
