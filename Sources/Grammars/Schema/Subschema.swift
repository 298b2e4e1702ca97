import JSONReading

/// A schema and the JSON pointer to its place.
struct Subschema {
  var value: JSON
  var pointer: String

  /// Keywords that assert nothing.
  static let annotations: Set<String> = [
    "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly",
    "$schema", "$id",
    "$comment", "$defs", "definitions",
  ]

  /// The place of a part of it.
  func pointer(to parts: String...) -> String {
    parts.reduce(pointer) { $0 + "/" + Self.escaped($1) }
  }

  static func escaped(_ part: String) -> String {
    part.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
      .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
  }

  /// The keywords that assert something, if it is an object.
  func assertions() throws(GrammarError) -> JSONObject {
    guard case .object(let object) = value else {
      throw .invalidSchema(pointer: pointer, reason: "must be an object, or true or false")
    }
    return JSONObject(object.members.filter { !Self.annotations.contains($0.name) })
  }
}

extension JSONObject {
  /// The object without some members.
  func without(_ names: String...) -> JSONObject { JSONObject(members.filter { !names.contains($0.name) }) }
}
