import JSONReading

extension SchemaCompiler {
  /// What satisfies `anyOf` or `oneOf`, together with the keywords beside it; `nil` without either.
  mutating func alternatives(of object: JSONObject, in schema: Subschema) throws(GrammarError) -> Expression?
  {
    guard let keyword = ["anyOf", "oneOf"].first(where: { object[$0] != nil }) else { return nil }
    guard case .array(let branches)? = object[keyword], !branches.isEmpty else {
      throw .invalidSchema(pointer: schema.pointer(to: keyword), reason: "must be a list of schemas")
    }
    let rest = object.without(keyword)
    var places: [Subschema] = []
    for (index, branch) in branches.enumerated() {
      let place = Subschema(value: branch, pointer: schema.pointer(to: keyword, "\(index)"))
      if rest.members.isEmpty {
        places.append(place)
      } else if let both = try merged(Subschema(value: .object(rest), pointer: schema.pointer), place) {
        places.append(both)
      }
    }
    if keyword == "oneOf" { try checkDisjoint(places, in: schema) }
    var choices: [Expression] = []
    for place in places { choices.append(try expression(of: place)) }
    return .choice(choices)
  }

  private mutating func checkDisjoint(_ places: [Subschema], in schema: Subschema) throws(GrammarError) {
    var shapes: [SchemaShape] = []
    for place in places {
      let flat = try flattened(place)
      shapes.append(try SchemaShape(flat, self))
    }
    for (index, shape) in shapes.enumerated() {
      for other in shapes[..<index] where !shape.isDisjoint(from: other) {
        throw unsupported(
          "oneOf", in: schema, "two of the schemas may hold at once; 'anyOf' allows that")
      }
    }
  }
}

/// As much of a schema as tells it from another one.
private struct SchemaShape {
  /// Types its values have, if they are not listed.
  var types: Set<SchemaType> = []
  /// All values, as text, if they are listed.
  var values: Set<String>?
  /// Values listed of properties that are required.
  var properties: [ExactString: Set<String>] = [:]

  /// The shape of a schema without references; of one that nothing satisfies if it is `nil`.
  init(_ schema: Subschema?, _ compiler: SchemaCompiler) throws(GrammarError) {
    guard let schema else {
      values = []
      return
    }
    types = Set(SchemaType.allCases)
    if case .bool(let isAnything) = schema.value {
      if !isAnything { values = [] }
      return
    }
    let object = try schema.assertions()
    if object["anyOf"] != nil || object["oneOf"] != nil { return }
    types = Set(try compiler.types(of: object, in: schema))
    if types.contains(.number) { types.insert(.integer) }
    values = Self.values(of: .object(object))
    guard case .object(let members)? = object["properties"], case .array(let required)? = object["required"]
    else {
      return
    }
    for case .string(let name) in required {
      if let property = members[name], let listed = Self.values(of: property) {
        properties[ExactString(name)] = listed
      }
    }
  }

  private static func values(of schema: JSON) -> Set<String>? {
    guard case .object(let object) = schema else { return nil }
    if let value = object["const"] { return [value.text] }
    guard case .array(let values)? = object["enum"] else { return nil }
    return Set(values.map(\.text))
  }

  func isDisjoint(from other: SchemaShape) -> Bool {
    if types.isDisjoint(with: other.types) { return true }
    if let values, let others = other.values { return values.isDisjoint(with: others) }
    // Only an object has the property that tells two objects apart.
    guard types == [.object], other.types == [.object] else { return false }
    return properties.contains { name, values in
      other.properties[name].map { values.isDisjoint(with: $0) } ?? false
    }
  }
}
