import JSONReading

/// The types of JSON Schema.
enum SchemaType: String, CaseIterable {
  case null, boolean, integer, number, string, array, object

  /// Keywords that assert something of values of this type only.
  var keywords: Set<String> {
    switch self {
    case .null, .boolean: []
    case .integer, .number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]
    case .string: ["pattern", "format", "minLength", "maxLength"]
    case .array: ["items", "prefixItems", "minItems", "maxItems", "uniqueItems"]
    case .object: ["properties", "required", "additionalProperties", "minProperties", "maxProperties"]
    }
  }

  /// Whether a value has this type.
  func includes(_ value: JSON) -> Bool {
    switch (self, value) {
    case (.null, .null), (.boolean, .bool), (.string, .string), (.array, .array), (.object, .object),
      (.number, .integer), (.number, .real), (.integer, .integer):
      true
    case (.integer, .real(let real)): real.isFinite && real.rounded(.towardZero) == real
    default: false
    }
  }

  static let general: Set<String> = ["type", "enum", "const"]
}

extension SchemaCompiler {
  /// Refuses what is not supported.
  func checkKeywords(of object: JSONObject, in schema: Subschema) throws(GrammarError) {
    let known = SchemaType.allCases.reduce(SchemaType.general) { $0.union($1.keywords) }
    for (name, _) in object.members where !known.contains(name) {
      throw unsupported(name, in: schema, "this keyword is unknown or cannot be compiled")
    }
  }

  func unsupported(_ keyword: String, in schema: Subschema, _ reason: String) -> GrammarError {
    .unsupported(keyword: keyword, pointer: schema.pointer(to: keyword), reason: reason)
  }

  /// The types of a schema; where it names none, those that its keywords are about.
  func types(of object: JSONObject, in schema: Subschema) throws(GrammarError) -> [SchemaType] {
    guard let value = object["type"] else {
      let meant = SchemaType.allCases.filter { type in
        type != .integer && object.members.contains { type.keywords.contains($0.name) }
      }
      return meant.isEmpty ? SchemaType.allCases.filter { $0 != .integer } : meant
    }
    let names: [JSON]
    if case .array(let list) = value { names = list } else { names = [value] }
    var types: [SchemaType] = []
    for name in names {
      guard case .string(let name) = name, let type = SchemaType(rawValue: name) else {
        throw .invalidSchema(pointer: schema.pointer(to: "type"), reason: "names an unknown type")
      }
      if !types.contains(type) { types.append(type) }
    }
    return types.contains(.number) ? types.filter { $0 != .integer } : types
  }

  /// The value of a keyword that is a whole number not below zero.
  func length(_ keyword: String, of object: JSONObject, in schema: Subschema) throws(GrammarError) -> Int? {
    switch object[keyword] {
    case nil: return nil
    case .integer(let value)? where value >= 0: return value
    case .real(let value)? where value >= 0 && value.rounded(.down) == value:
      return Int(exactly: min(value, 0x1p53))
    default:
      throw .invalidSchema(pointer: schema.pointer(to: keyword), reason: "must be a whole number, 0 or more")
    }
  }
}
