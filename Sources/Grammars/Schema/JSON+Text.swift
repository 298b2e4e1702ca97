import JSONReading

extension JSON {
  /// The value as compact JSON. Equal numbers have equal texts.
  var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .real(let value): Int(exactly: value).map { "\($0)" } ?? "\(value)"
    case .string(let value): Self.quoted(value)
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let object):
      "{" + object.members.map { Self.quoted($0.name) + ":" + $0.value.text }.sorted().joined(separator: ",")
        + "}"
    }
  }

  static func quoted(_ text: String) -> String {
    "\"" + String(decoding: CharacterEncoding.jsonBytes(of: text), as: UTF8.self) + "\""
  }
}
