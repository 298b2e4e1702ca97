import JSONReading
import Testing

@testable import Grammars

/// Grammars and schemas made to exhaust their reader end soon, with an error or without.
@Suite(.timeLimit(.minutes(1))) struct HostileTests {
  private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

  /// Compiles, and draws a few masks if that is possible.
  private func use(_ make: () throws(GrammarError) -> Grammar) {
    let clock = ContinuousClock()
    let time = clock.measure {
      guard let grammar = try? make() else { return }
      var matcher = GrammarMatcher(grammar, over: Vocabularies.merged(seed: 1, count: 500))
      var generator = SeededGenerator(1)
      for _ in 0..<20 {
        let tokens = matcher.mask(within: 100).tokens
        guard !tokens.isEmpty else { break }
        matcher.accept(generator.element(tokens))
      }
    }
    #expect(time < .seconds(20))
  }

  @Test func `grammars`() {
    let texts = [
      "root ::= " + repeated("(", 100_000), "root ::= " + repeated("(", 90) + "\"a\"" + repeated(")", 90),
      "root ::= \"a\"" + repeated("{9}", 100), "root ::= (((\"a\"{1000000}){1000000}){1000000}){1000000}",
      "root ::= \"a\"{99999999999999999999}", "root ::= " + repeated("\"a\"? ", 20_000),
      "root ::= ([a-z]{0,90} \"-\"?){0,90}", "root ::= (\"a\" | \"a\" \"a\"){500} (\"a\"?){500}",
      "root ::= [ab]* \"a\" [ab]{90} \"c\"", "root ::= " + repeated("| \"x\" ", 100_000),
      "root ::= r1\n" + (1...5000).map { "r\($0) ::= \"a\"? r\($0 + 1)\n" }.joined() + "r5001 ::= \"b\"",
      "root ::= \"\\u12\"", repeated("a ::= ", 10_000),
      "root ::= \"(\" root root \")\" | \"(\" root \")\" | \"x\"?",
      "root ::= (\"a\" root \"a\" | \"a\" root \"b\" | \"a\" root root)?", repeated("x", 5_000_000),
    ]
    for text in texts { use { () throws(GrammarError) in try Grammar(gbnf: text) } }
  }

  @Test func `schemas`() {
    let many = (0..<20_000).map { "\"\($0 &* 7_919)\"" }.joined(separator: ",")
    let properties = (0..<3000).map { "\"p\($0)\":{\"type\":\"string\"}" }.joined(separator: ",")
    let doubling = (0..<60).map {
      "\"d\($0)\":{\"allOf\":[{\"$ref\":\"#/$defs/d\($0 + 1)\"},{\"$ref\":\"#/$defs/d\($0 + 1)\"}]}"
    }
    let texts = [
      repeated("[", 1_000_000), repeated("{\"items\":", 60) + "{}" + repeated("}", 60),
      "{\"enum\":[\(many)]}",
      "{\"type\":\"object\",\"properties\":{\(properties)}}",
      "{\"description\":\"\(repeated("x", 5_000_000))\"}",
      "{\"$defs\":{\(doubling.joined(separator: ",")),\"d60\":{}},\"$ref\":\"#/$defs/d0\"}",
      #"{"type":"string","maxLength":1000000000000000000,"minLength":1000000000}"#,
      #"{"type":"string","minLength":1000000000000000000}"#,
      #"{"type":"array","maxItems":1e300,"minItems":1e17}"#,
      #"{"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807,"multipleOf":9223372036854775807}"#,
      #"{"type":"integer","exclusiveMinimum":1e308,"maximum":-1e308}"#,
      #"{"type":"number","minimum":5e-324}"#,
      #"{"type":"string","pattern":"((((a?){50}){50}){50}){50}"}"#,
      "{\"type\":\"string\",\"pattern\":\"\(repeated("(", 5000))\"}",
      "{\"type\":\"string\",\"pattern\":\"\(repeated("a?", 3000))\"}",
      "{\"type\":\"string\",\"pattern\":\"\(repeated("[^a]", 3000))\"}",
    ]
    for text in texts { use { () throws(GrammarError) in try Grammar(jsonSchema: text) } }
  }

  @Test func `a schema that was not read from text may be nested deeper than the reader allows`() {
    var schema = JSON.bool(true)
    for _ in 0..<200 { schema = .object(JSONObject([("items", schema), ("type", .string("array"))])) }
    #expect(throws: GrammarError.self) { try Grammar(jsonSchema: schema) }
  }
}
