import JSONReading

extension SchemaCompiler {
  /// The values of `enum` and `const` that the schema's types include.
  mutating func constants(of object: JSONObject, in schema: Subschema) throws(GrammarError) -> Expression {
    for (name, _) in object.members where !SchemaType.general.contains(name) {
      throw unsupported(name, in: schema, "beside 'enum' or 'const' only 'type' is")
    }
    var values: [JSON] = []
    if let listed = object["enum"] {
      guard case .array(let list) = listed, !list.isEmpty else {
        throw .invalidSchema(pointer: schema.pointer(to: "enum"), reason: "must be a list of values")
      }
      values = list
      if let only = object["const"] { values = list.filter { $0.text == only.text } }
    } else if let only = object["const"] {
      values = [only]
    }
    if object["type"] != nil {
      let types = try types(of: object, in: schema)
      values = values.filter { value in types.contains { $0.includes(value) } }
    }
    var choices: [Expression] = []
    for value in values { choices.append(try constant(value, in: schema)) }
    return .choice(choices)
  }

  /// One value, with white space where an array or an object may have it.
  private mutating func constant(_ value: JSON, in schema: Subschema) throws(GrammarError) -> Expression {
    switch value {
    case .real(let real):
      guard real.isFinite else {
        throw .invalidSchema(pointer: schema.pointer, reason: "has a number that no double is")
      }
      return .text("\(real)")
    case .array(let values):
      var items: [Expression] = []
      for value in values { items.append(try constant(value, in: schema)) }
      return try enclosed("[", items, "]")
    case .object(let object):
      var members: [Expression] = []
      for (name, value) in object.members {
        members.append(
          .sequence([.text(JSON.quoted(name)), try mark(":"), try constant(value, in: schema)]))
      }
      return try enclosed("{", members, "}")
    case .null, .bool, .integer, .string: return .text(value.text)
    }
  }

  private mutating func enclosed(
    _ open: String, _ items: [Expression], _ close: String
  ) throws(GrammarError) -> Expression {
    var parts = [try mark(open)]
    for (index, item) in items.enumerated() {
      if index > 0 { parts.append(try mark(",")) }
      parts.append(item)
    }
    if !items.isEmpty { parts.append(try space()) }
    return .sequence(parts + [.text(close)])
  }
}
