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
  /// Places by name, once there are more members than one looks through; most objects have few.
  private var index: [ExactString: Int] = [:]
  private static let mostWithoutIndex = 8

  /// An object without members.
  package init() {}

  /// Creates an object; of members of one name the first counts.
  package init(_ members: [(name: String, value: JSON)]) {
    for (name, value) in members { _ = add(name, value) }
  }

  /// Adds a member; `false` when the name is taken.
  package mutating func add(_ name: String, _ value: JSON) -> Bool {
    guard place(of: name) == nil else { return false }
    members.append((name, value))
    if members.count == Self.mostWithoutIndex {
      for (place, member) in members.enumerated() { index[ExactString(member.name)] = place }
    } else if members.count > Self.mostWithoutIndex {
      index[ExactString(name)] = members.count - 1
    }
    return true
  }

  package subscript(name: String) -> JSON? { place(of: name).map { members[$0].value } }

  private func place(of name: String) -> Int? {
    if members.count >= Self.mostWithoutIndex { return index[ExactString(name)] }
    return members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
  }
}
