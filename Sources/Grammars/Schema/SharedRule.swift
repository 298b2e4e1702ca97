import JSONReading

/// Rules that many schemas have in common.
enum SharedRule: Hashable {
  case space, character, string, value, values, object, array, number
}

extension SchemaCompiler {
  private mutating func shared(
    _ kind: SharedRule, _ name: String, _ make: (inout SchemaCompiler) throws(GrammarError) -> Expression
  ) throws(GrammarError) -> Expression {
    if let known = shared[kind] { return .rule(known) }
    let rule = try rules.declare(name)
    shared[kind] = rule
    try rules.define(rule, try make(&self))
    return .rule(rule)
  }

  /// White space between tokens: nothing, a space, or a line break and an indentation that ends.
  mutating func space() throws(GrammarError) -> Expression {
    .optional(
      try shared(.space, "white space") { _ throws(GrammarError) in
        let indentation = Expression.characters(ScalarSet(" \t"))
        return .choice([
          .text(" "), .sequence([.text("\n"), .repetition(indentation, least: 0, most: 20)]),
        ])
      })
  }

  /// A mark and the space behind it.
  mutating func mark(_ text: String) throws(GrammarError) -> Expression {
    .sequence([.text(text), try space()])
  }

  /// A character within a string as a rule, so that characters can be counted.
  mutating func character() throws(GrammarError) -> Expression {
    try shared(.character, "a character") { _ throws(GrammarError) in Self.anyCharacter }
  }

  /// A character within a string, as it is or escaped in any way; no half of a surrogate pair.
  private static var anyCharacter: Expression {
    func digit(_ characters: String) -> Expression { .characters(ScalarSet(characters)) }
    let hexadecimal = digit("0123456789abcdefABCDEF")
    let two = Expression.sequence([hexadecimal, hexadecimal])
    return .choice([
      .characters(ScalarSet([0...0x1F, 0x22...0x22, 0x5C...0x5C]).inverted),
      .sequence([.text("\\"), digit("\"\\/bfnrt")]),
      .sequence([.text("\\u"), digit("0123456789abcefABCEF"), hexadecimal, two]),
      .sequence([.text("\\u"), digit("dD"), digit("01234567"), two]),
      .sequence([
        .text("\\u"), digit("dD"), digit("89abAB"), two, .text("\\u"), digit("dD"), digit("cdefCDEF"), two,
      ]),
    ])
  }

  /// Any string.
  mutating func anyString() throws(GrammarError) -> Expression {
    // The character is part of the rule here, so that a string goes on in a single state.
    try shared(.string, "a string") { _ throws(GrammarError) in
      .sequence([.text("\""), .repetition(Self.anyCharacter, least: 0, most: nil), .text("\"")])
    }
  }

  /// Any number that a double can be.
  mutating func anyNumber() throws(GrammarError) -> Expression {
    try shared(.number, "a number") { _ throws(GrammarError) in
      .automaton(try CharacterAutomaton(.number), .plain)
    }
  }

  mutating func anyValue() throws(GrammarError) -> Expression {
    try shared(.value, "a value") { compiler throws(GrammarError) in
      .choice([
        try compiler.anyObject(), try compiler.anyArray(), try compiler.anyString(), try compiler.anyNumber(),
        .text("true"), .text("false"), .text("null"),
      ])
    }
  }

  mutating func anyObject() throws(GrammarError) -> Expression {
    try shared(.object, "an object") { compiler throws(GrammarError) in
      let member = Expression.sequence([
        try compiler.anyString(), try compiler.mark(":"), try compiler.anyValue(),
      ])
      return try compiler.enclosed("{", member, "}")
    }
  }

  mutating func anyArray() throws(GrammarError) -> Expression {
    try shared(.array, "an array") { compiler throws(GrammarError) in
      try compiler.enclosed("[", try compiler.anyValue(), "]")
    }
  }

  /// Any number of items with commas between them.
  private mutating func enclosed(
    _ open: String, _ item: Expression, _ close: String
  ) throws(GrammarError) -> Expression {
    let more = Expression.repetition(.sequence([try mark(","), item]), least: 0, most: nil)
    return .sequence([
      try mark(open), .optional(.sequence([item, more, try space()])), .text(close),
    ])
  }
}
