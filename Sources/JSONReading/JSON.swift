/// A JSON value. Objects keep the order of their members and refuse a name that occurs twice.
package enum JSON: Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case real(Double)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  /// For messages: the value if it is short, else its kind.
  package var summary: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .string(let value): "\"\(value.prefix(64))\""
    case .array(let values): "a list of \(values.count)"
    case .object: "an object"
    }
  }

  package var isNull: Bool { if case .null = self { true } else { false } }
}

/// The members of a JSON object.
package struct JSONObject: Sendable {
  package private(set) var members: [(name: String, value: JSON)] = []
  private var index: [ExactString: Int] = [:]

  /// An object without members.
  package init() {}

  /// Adds a member; `false` when the name is taken.
  package mutating func add(_ name: String, _ value: JSON) -> Bool {
    guard index.updateValue(members.count, forKey: ExactString(name)) == nil else { return false }
    members.append((name, value))
    return true
  }

  package subscript(name: String) -> JSON? { index[ExactString(name)].map { members[$0].value } }
}
