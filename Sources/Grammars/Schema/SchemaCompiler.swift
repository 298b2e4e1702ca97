import JSONReading

/// Turns a JSON Schema into rules.
struct SchemaCompiler {
  let root: JSON
  var rules = RuleSet()
  /// Rules of the places that are referred to.
  private var references: [String: Int] = [:]
  private var pending: [(rule: Int, schema: Subschema)] = []
  var shared: [SharedRule: Int] = [:]
  private var depth = 0
  private var count = 0

  init(_ root: JSON) { self.root = root }

  /// The rules, and which of them is the root.
  mutating func ruleSet() throws(GrammarError) -> (rules: RuleSet, root: Int) {
    let start = try reference(to: Subschema(value: root, pointer: "#"))
    while let (rule, schema) = pending.popLast() { try rules.define(rule, try expression(of: schema)) }
    return (rules, start)
  }

  /// The rule of a place that is referred to.
  mutating func reference(to schema: Subschema) throws(GrammarError) -> Int {
    if let known = references[schema.pointer] { return known }
    let rule = try rules.declare(schema.pointer)
    references[schema.pointer] = rule
    pending.append((rule, schema))
    return rule
  }

  /// What satisfies a schema.
  mutating func expression(of schema: Subschema) throws(GrammarError) -> Expression {
    try enter(schema.pointer)
    defer { depth -= 1 }
    if case .bool(let isAnything) = schema.value { return isAnything ? try anyValue() : .nothing }
    let object = try schema.assertions()
    if object["$ref"] != nil && object.members.count == 1 {
      return .rule(try reference(to: try target(of: object, at: schema.pointer)))
    }
    if object["$ref"] != nil || object["allOf"] != nil {
      guard let flat = try flattened(schema) else { return .nothing }
      return try expression(of: flat)
    }
    if let expression = try alternatives(of: object, in: schema) { return expression }
    try checkKeywords(of: object, in: schema)
    if object["enum"] != nil || object["const"] != nil { return try constants(of: object, in: schema) }
    var choices: [Expression] = []
    for type in try types(of: object, in: schema) {
      choices.append(try expression(of: type, object, in: schema))
    }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func expression(
    of type: SchemaType, _ object: JSONObject, in schema: Subschema
  ) throws(GrammarError) -> Expression {
    switch type {
    case .null: .text("null")
    case .boolean: .choice([.text("true"), .text("false")])
    case .string: try string(object, in: schema)
    case .integer: try integer(object, in: schema)
    case .number: try number(object, in: schema)
    case .array: try array(object, in: schema)
    case .object: try self.object(object, in: schema)
    }
  }

  /// Counts a schema that is compiled or merged, and its nesting.
  mutating func enter(_ pointer: String) throws(GrammarError) {
    try count(1)
    depth += 1
    guard depth <= GrammarLimits.nesting else {
      throw .invalidSchema(
        pointer: pointer, reason: "is nested deeper than \(GrammarLimits.nesting), or refers to itself")
    }
  }

  mutating func leave() { depth -= 1 }

  /// Counts schemas and keywords that are looked at.
  mutating func count(_ more: Int) throws(GrammarError) {
    count += more
    guard count <= GrammarLimits.schemas else {
      throw .tooLarge(what: "schemas within a schema", limit: GrammarLimits.schemas)
    }
  }

  /// What satisfies a schema, as a rule of its own, so that it stands in the tables once.
  mutating func rule(of schema: Subschema) throws(GrammarError) -> Expression {
    let expression = try expression(of: schema)
    return .rule(try rules.rule(for: expression, named: schema.pointer))
  }
}
