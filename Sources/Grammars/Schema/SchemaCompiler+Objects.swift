import JSONReading

extension SchemaCompiler {
  private struct Property {
    var name: String
    var value: Expression
    var isRequired: Bool
  }

  /// An object with its properties in the order of the schema, then others if they are allowed.
  ///
  /// Others are allowed where the schema says so, and where it names no properties at all.
  mutating func object(_ object: JSONObject, in schema: Subschema) throws(GrammarError) -> Expression {
    let required = try requiredNames(of: object, in: schema)
    var properties = try namedProperties(of: object, required, in: schema)
    let additional = try additionalValue(of: object, in: schema)
    for name in required where !properties.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
      properties.append(Property(name: name, value: additional ?? .nothing, isRequired: true))
    }
    if properties.isEmpty, let additional, case .rule(let rule) = additional, rule == shared[.value] {
      try checkCounts(of: object, properties, isClosed: false, in: schema)
      return try anyObject()
    }
    try checkCounts(of: object, properties, isClosed: additional == nil, in: schema)

    var graph = StateGraph()
    // Before the first member, and behind one, by the number of properties passed.
    let names = (0...properties.count).map { _ in graph.addNode() }
    let firsts = (0...properties.count).map { _ in graph.addNode() }
    let others = (0...properties.count).map { _ in graph.addNode() }
    try rules.add(try mark("{"), to: &graph, from: StateGraph.start, to: firsts[0])
    let comma = try mark(",")
    for (index, property) in properties.enumerated() {
      graph.addSilent(from: firsts[index], to: names[index])
      if index > 0 { try rules.add(comma, to: &graph, from: others[index], to: names[index]) }
      if !property.isRequired {
        graph.addSilent(from: firsts[index], to: firsts[index + 1])
        graph.addSilent(from: others[index], to: others[index + 1])
      }
      let member = Expression.sequence([.text(JSON.quoted(property.name)), try mark(":"), property.value])
      try rules.add(member, to: &graph, from: names[index], to: others[index + 1])
    }
    let close = graph.addNode()
    if let additional {
      let name = Expression.sequence([
        .text("\""), .automaton(try .names(except: properties.map(\.name)), .json), .text("\""),
      ])
      graph.addSilent(from: firsts[properties.count], to: names[properties.count])
      try rules.add(comma, to: &graph, from: others[properties.count], to: names[properties.count])
      let member = Expression.sequence([name, try mark(":"), additional])
      try rules.add(member, to: &graph, from: names[properties.count], to: others[properties.count])
    }
    graph.addSilent(from: firsts[properties.count], to: close)
    try rules.add(try space(), to: &graph, from: others[properties.count], to: close)
    graph.add(Array("}".utf8), from: close, to: StateGraph.end)
    let rule = try rules.declare(schema.pointer)
    try rules.define(rule, graph)
    return .rule(rule)
  }

  private func requiredNames(of object: JSONObject, in schema: Subschema) throws(GrammarError) -> [String] {
    guard let value = object["required"] else { return [] }
    guard case .array(let list) = value else {
      throw .invalidSchema(pointer: schema.pointer(to: "required"), reason: "must be a list of names")
    }
    var names: [String] = []
    var known: Set<ExactString> = []
    for name in list {
      guard case .string(let name) = name else {
        throw .invalidSchema(pointer: schema.pointer(to: "required"), reason: "must be a list of names")
      }
      if known.insert(ExactString(name)).inserted { names.append(name) }
    }
    return names
  }

  private mutating func namedProperties(
    of object: JSONObject, _ required: [String], in schema: Subschema
  ) throws(GrammarError) -> [Property] {
    guard let value = object["properties"] else { return [] }
    guard case .object(let members) = value else {
      throw .invalidSchema(pointer: schema.pointer(to: "properties"), reason: "must be an object")
    }
    let required = Set(required.map(ExactString.init))
    var properties: [Property] = []
    for (name, value) in members.members {
      let place = Subschema(value: value, pointer: schema.pointer(to: "properties", name))
      properties.append(
        Property(
          name: name, value: try rule(of: place), isRequired: required.contains(ExactString(name))))
    }
    return properties
  }

  /// The value of properties that have no schema of their own; `nil` where there are none.
  private mutating func additionalValue(
    of object: JSONObject, in schema: Subschema
  ) throws(GrammarError) -> Expression? {
    guard let value = object["additionalProperties"] else {
      return object["properties"] == nil ? try anyValue() : nil
    }
    if case .bool(let isAllowed) = value { return isAllowed ? try anyValue() : nil }
    return try rule(of: Subschema(value: value, pointer: schema.pointer(to: "additionalProperties")))
  }

  /// Refuses bounds on the number of properties, unless they hold anyway.
  private func checkCounts(
    of object: JSONObject, _ properties: [Property], isClosed: Bool, in schema: Subschema
  ) throws(GrammarError) {
    if let least = try length("minProperties", of: object, in: schema),
      least > properties.count(where: \.isRequired)
    {
      throw unsupported("minProperties", in: schema, "only as many as are required")
    }
    if let most = try length("maxProperties", of: object, in: schema), !isClosed || most < properties.count {
      throw unsupported("maxProperties", in: schema, "only as many as the schema names, and no others")
    }
  }
}

extension CharacterAutomaton {
  /// All texts but some and the empty one.
  fileprivate static func names(except names: [String]) throws(GrammarError) -> CharacterAutomaton {
    // State 1 is where a text differs from all names.
    var states = [State(), State(edges: [(.all, 1)], isFinal: true)]
    var children: [[UInt32: Int]] = [[:], [:]]
    for name in names {
      var place = 0
      for scalar in name.unicodeScalars {
        if let known = children[place][scalar.value] {
          place = known
        } else {
          guard states.count < GrammarLimits.patternStates else {
            throw .tooLarge(what: "states of the names of an object", limit: GrammarLimits.patternStates)
          }
          children[place][scalar.value] = states.count
          place = states.count
          states.append(State(isFinal: true))
          children.append([:])
        }
      }
      states[place].isFinal = false
    }
    for index in states.indices where index != 1 {
      let next = children[index].sorted { $0.key < $1.key }
      let named = ScalarSet(next.map { $0.key...$0.key })
      states[index].edges = next.map { (ScalarSet([$0.key...$0.key]), $0.value) } + [(named.inverted, 1)]
    }
    states[0].isFinal = false
    return CharacterAutomaton(states: states)
  }
}
