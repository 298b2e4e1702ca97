import JSONReading

extension SchemaCompiler {
  /// The schema without `$ref` and `allOf` at its top; `nil` if nothing satisfies it.
  mutating func flattened(_ schema: Subschema) throws(GrammarError) -> Subschema? {
    try enter(schema.pointer)
    defer { leave() }
    if case .bool(let isAnything) = schema.value { return isAnything ? schema : nil }
    let object = try schema.assertions()
    var parts: [Subschema] = []
    if object["$ref"] != nil { parts.append(try target(of: object, at: schema.pointer)) }
    if let all = object["allOf"] {
      guard case .array(let list) = all, !list.isEmpty else {
        throw .invalidSchema(pointer: schema.pointer(to: "allOf"), reason: "must be a list of schemas")
      }
      for (index, value) in list.enumerated() {
        parts.append(Subschema(value: value, pointer: schema.pointer(to: "allOf", "\(index)")))
      }
    }
    var result = Subschema(value: .object(object.without("$ref", "allOf")), pointer: schema.pointer)
    for part in parts {
      guard let both = try merged(result, part) else { return nil }
      result = both
    }
    return result
  }

  /// A schema that holds where two hold; `nil` if that is nowhere.
  mutating func merged(_ left: Subschema, _ right: Subschema) throws(GrammarError) -> Subschema? {
    guard let left = try flattened(left), let right = try flattened(right) else { return nil }
    if case .bool = left.value { return Subschema(value: right.value, pointer: left.pointer) }
    if case .bool = right.value { return left }
    let (first, second) = (try left.assertions(), try right.assertions())
    try count(first.members.count + second.members.count)
    try checkAdditional(first, second, in: left)
    try checkAdditional(second, first, in: left)
    var members: [(name: String, value: JSON)] = []
    for (name, value) in first.members {
      guard let other = second[name] else {
        members.append((name, value))
        continue
      }
      guard let both = try merged(name, value, other, in: left) else { return nil }
      members.append((name, both))
    }
    for member in second.members where first[member.name] == nil { members.append(member) }
    return Subschema(value: .object(JSONObject(members)), pointer: left.pointer)
  }

  /// Refuses properties of one schema that another one has only as additional ones.
  private func checkAdditional(
    _ closed: JSONObject, _ other: JSONObject, in schema: Subschema
  ) throws(GrammarError) {
    guard let additional = closed["additionalProperties"], additional.text != "true" else { return }
    guard case .object(let names)? = other["properties"] else { return }
    var own = JSONObject()
    if case .object(let properties)? = closed["properties"] { own = properties }
    guard names.members.allSatisfy({ own[$0.name] != nil }) else {
      throw unsupported(
        "additionalProperties", in: schema, "it meets properties of a schema that it is combined with")
    }
  }

  /// One keyword that two schemas have; `nil` if no value satisfies both.
  private mutating func merged(
    _ keyword: String, _ left: JSON, _ right: JSON, in schema: Subschema
  ) throws(GrammarError) -> JSON? {
    if left.text == right.text { return left }
    switch (keyword, left, right) {
    case ("type", _, _):
      let types = Self.list(left).flatMap { a in
        Self.list(right).compactMap { b in Self.commonType(a, b) }
      }
      return types.isEmpty ? nil : .array(types)
    case ("required", .array(let a), .array(let b)):
      return .array(a + b)
    case ("properties", .object(let a), .object(let b)):
      var members: [(name: String, value: JSON)] = []
      for (name, value) in a.members {
        let both = b[name].map { JSON.object(JSONObject([("allOf", .array([value, $0]))])) }
        members.append((name, both ?? value))
      }
      members += b.members.filter { a[$0.name] == nil }
      return .object(JSONObject(members))
    case ("items", _, _), ("additionalProperties", _, _):
      return .object(JSONObject([("allOf", .array([left, right]))]))
    case ("enum", .array(let a), .array(let b)):
      let texts = Set(b.map(\.text))
      let both = a.filter { texts.contains($0.text) }
      return both.isEmpty ? nil : .array(both)
    case ("const", _, _): return nil
    case ("minimum", _, _), ("exclusiveMinimum", _, _), ("minLength", _, _), ("minItems", _, _),
      ("minProperties", _, _):
      guard let a = DecimalNumber(left), let b = DecimalNumber(right) else { break }
      return a < b ? right : left
    case ("maximum", _, _), ("exclusiveMaximum", _, _), ("maxLength", _, _), ("maxItems", _, _),
      ("maxProperties", _, _):
      guard let a = DecimalNumber(left), let b = DecimalNumber(right) else { break }
      return a < b ? left : right
    default: break
    }
    throw unsupported(keyword, in: schema, "two schemas that are combined have it with different values")
  }

  private static func list(_ value: JSON) -> [JSON] {
    if case .array(let list) = value { list } else { [value] }
  }

  private static func commonType(_ a: JSON, _ b: JSON) -> JSON? {
    switch (a.text, b.text) {
    case let (a, b) where a == b: .string(String(a.dropFirst().dropLast()))
    case ("\"number\"", "\"integer\""), ("\"integer\"", "\"number\""): .string("integer")
    default: nil
    }
  }
}
