import JSONReading

/// Says whether a value satisfies a schema, by the words of JSON Schema and nothing of the compiler's; formats are left to
/// `check_schemas.py`.
struct SchemaValidator {
  let root: JSON

  func accepts(_ value: JSON) -> Bool { accepts(value, root) }

  private func accepts(_ value: JSON, _ schema: JSON) -> Bool {
    if case .bool(let isAnything) = schema { return isAnything }
    guard case .object(let schema) = schema else { return false }
    return schema.members.allSatisfy { accepts(value, $0.name, $0.value, schema) }
  }

  private func accepts(_ value: JSON, _ keyword: String, _ operand: JSON, _ schema: JSONObject) -> Bool {
    switch keyword {
    case "type": list(operand).contains { has(value, type: text(of: $0) ?? "") }
    case "enum": list(operand).contains { isEqual($0, value) }
    case "const": isEqual(operand, value)
    case "$ref": target(text(of: operand) ?? "").map { accepts(value, $0) } ?? false
    case "anyOf": list(operand).contains { accepts(value, $0) }
    case "oneOf": list(operand).count { accepts(value, $0) } == 1
    case "allOf": list(operand).allSatisfy { accepts(value, $0) }
    default: accepts(value, typed: keyword, operand, schema)
    }
  }

  private func accepts(_ value: JSON, typed keyword: String, _ operand: JSON, _ schema: JSONObject) -> Bool {
    switch value {
    case .string(let text):
      switch keyword {
      case "minLength": text.unicodeScalars.count >= Int(number(operand))
      case "maxLength": text.unicodeScalars.count <= Int(number(operand))
      case "pattern": matches(text, self.text(of: operand) ?? "")
      default: true
      }
    case .integer, .real:
      switch keyword {
      case "minimum": number(value) >= number(operand)
      case "maximum": number(value) <= number(operand)
      case "exclusiveMinimum": number(value) > number(operand)
      case "exclusiveMaximum": number(value) < number(operand)
      case "multipleOf": number(value).remainder(dividingBy: number(operand)) == 0
      default: true
      }
    case .array(let items):
      switch keyword {
      case "minItems": items.count >= Int(number(operand))
      case "maxItems": items.count <= Int(number(operand))
      case "prefixItems": zip(items, list(operand)).allSatisfy { accepts($0, $1) }
      case "items":
        items.dropFirst(schema["prefixItems"].map { list($0).count } ?? 0).allSatisfy { accepts($0, operand) }
      default: true
      }
    case .object(let object): accepts(object, keyword, operand, schema)
    case .null, .bool: true
    }
  }

  private func accepts(_ object: JSONObject, _ keyword: String, _ operand: JSON, _ schema: JSONObject) -> Bool
  {
    switch keyword {
    case "required": return list(operand).allSatisfy { object[text(of: $0) ?? ""] != nil }
    case "minProperties": return object.members.count >= Int(number(operand))
    case "maxProperties": return object.members.count <= Int(number(operand))
    case "properties":
      guard case .object(let properties) = operand else { return false }
      return properties.members.allSatisfy { name, schema in object[name].map { accepts($0, schema) } ?? true
      }
    case "additionalProperties":
      var named = JSONObject()
      if case .object(let properties)? = schema["properties"] { named = properties }
      return object.members.allSatisfy { named[$0.name] != nil || accepts($0.value, operand) }
    default: return true
    }
  }

  private func list(_ value: JSON) -> [JSON] { if case .array(let list) = value { list } else { [value] } }

  private func text(of value: JSON) -> String? { if case .string(let text) = value { text } else { nil } }

  private func number(_ value: JSON) -> Double {
    switch value {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: .nan
    }
  }

  private func has(_ value: JSON, type: String) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
      ("number", .integer), ("number", .real), ("integer", .integer):
      true
    case ("integer", .real(let real)): real == real.rounded()
    default: false
    }
  }

  private func isEqual(_ left: JSON, _ right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.string(let a), .string(let b)): ExactString(a) == ExactString(b)
    case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy { isEqual($0, $1) }
    case (.object(let a), .object(let b)):
      a.members.count == b.members.count
        && a.members.allSatisfy { name, value in b[name].map { isEqual(value, $0) } ?? false }
    case (.integer, _), (.real, _): number(left) == number(right)
    default: false
    }
  }

  private func matches(_ text: String, _ pattern: String) -> Bool {
    guard let expression = try? Regex(pattern).asciiOnlyDigits().asciiOnlyWordCharacters() else {
      return false
    }
    return (try? expression.matchingSemantics(.unicodeScalar).firstMatch(in: text)) != nil
  }

  private func target(_ reference: String) -> JSON? {
    var found: JSON? = root
    for part in reference.split(separator: "/").dropFirst() {
      let name = part.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
        .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
      switch found {
      case .object(let object)?: found = object[name]
      case .array(let list)?: found = Int(name).flatMap { list.indices.contains($0) ? list[$0] : nil }
      default: found = nil
      }
    }
    return found
  }
}
