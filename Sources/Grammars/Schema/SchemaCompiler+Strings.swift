import JSONReading

extension SchemaCompiler {
  /// A string; lengths count code points.
  mutating func string(_ object: JSONObject, in schema: Subschema) throws(GrammarError) -> Expression {
    let least = try length("minLength", of: object, in: schema) ?? 0
    let most = try length("maxLength", of: object, in: schema)
    if let most, most < least { return .nothing }
    var automaton: CharacterAutomaton?
    if let value = object["pattern"] { automaton = try pattern(value, in: schema) }
    if let value = object["format"] {
      let format = try format(value, in: schema)
      automaton = try limit("format", in: schema) { () throws(GrammarError) in
        try automaton?.intersection(format) ?? format
      }
    }
    guard let automaton else {
      if least == 0 && most == nil { return try anyString() }
      let characters = Expression.repetition(try character(), least: least, most: most)
      return .sequence([.text("\""), characters, .text("\"")])
    }
    let keyword = least > 0 ? "minLength" : "maxLength"
    let limited = try limit(keyword, in: schema) { () throws(GrammarError) in
      try automaton.limited(toLengths: least, most)
    }
    guard !limited.isEmpty else { return .nothing }
    return .sequence([.text("\""), .automaton(limited, .json), .text("\"")])
  }

  private func pattern(_ value: JSON, in schema: Subschema) throws(GrammarError) -> CharacterAutomaton {
    guard case .string(let text) = value else {
      throw .invalidSchema(pointer: schema.pointer(to: "pattern"), reason: "must be a string")
    }
    do {
      var parser = PatternParser(text)
      let pattern = try parser.pattern()
      return try CharacterAutomaton(pattern.search)
    } catch {
      guard case .tooLarge(let what, let limit) = error else {
        throw unsupported("pattern", in: schema, Self.reason(of: error))
      }
      throw unsupported("pattern", in: schema, "it takes more than \(limit) \(what)")
    }
  }

  private static func reason(of error: GrammarError) -> String {
    if case .syntax(_, let column, let reason) = error {
      "at character \(column), \(reason)"
    } else {
      "\(error)"
    }
  }

  private func format(_ value: JSON, in schema: Subschema) throws(GrammarError) -> CharacterAutomaton {
    guard case .string(let name) = value else {
      throw .invalidSchema(pointer: schema.pointer(to: "format"), reason: "must be a string")
    }
    guard let format = StringFormat(rawValue: name) else {
      throw unsupported("format", in: schema, "the format '\(name.prefix(64))' is unknown")
    }
    var parser = PatternParser(format.pattern)
    return try CharacterAutomaton(try parser.pattern())
  }

  /// Says which keyword takes too many states.
  func limit<Result>(
    _ keyword: String, in schema: Subschema, _ body: () throws(GrammarError) -> Result
  ) throws(GrammarError) -> Result {
    do { return try body() } catch {
      guard case .tooLarge(let what, let limit) = error else { throw error }
      throw unsupported(keyword, in: schema, "together with the others it takes more than \(limit) \(what)")
    }
  }
}
