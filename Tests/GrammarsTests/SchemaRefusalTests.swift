import Testing

@testable import Grammars

/// What cannot be compiled is refused by its name and place.
@Suite(.timeLimit(.minutes(1))) struct SchemaRefusalTests {
  @Test(arguments: [
    ("not", #"{"not":{"type":"null"}}"#, "#/not"),
    ("if", #"{"if":{},"then":{}}"#, "#/if"),
    ("patternProperties", #"{"type":"object","patternProperties":{}}"#, "#/patternProperties"),
    ("propertyNames", #"{"type":"object","propertyNames":{}}"#, "#/propertyNames"),
    ("dependentRequired", #"{"dependentRequired":{}}"#, "#/dependentRequired"),
    ("unevaluatedProperties", #"{"type":"object","unevaluatedProperties":false}"#, "#/unevaluatedProperties"),
    ("contains", #"{"properties":{"a/b":{"type":"array","contains":{}}}}"#, "#/properties/a~1b/contains"),
    ("uniqueItems", #"{"type":"array","uniqueItems":true}"#, "#/uniqueItems"),
    ("minProperties", #"{"type":"object","minProperties":1}"#, "#/minProperties"),
    ("maxProperties", #"{"type":"object","maxProperties":3}"#, "#/maxProperties"),
    ("multipleOf", #"{"type":"number","multipleOf":0.5}"#, "#/multipleOf"),
    ("multipleOf", #"{"type":"integer","multipleOf":0.5}"#, "#/multipleOf"),
    ("multipleOf", #"{"type":"integer","multipleOf":123457}"#, "#/multipleOf"),
    ("minimum", #"{"type":"number","minimum":1e300}"#, "#/minimum"),
    ("minimum", #"{"type":"integer","minimum":1e18}"#, "#/minimum"),
    ("maximum", #"{"type":"integer","maximum":-9223372036854775808}"#, "#/maximum"),
    ("format", #"{"items":{"type":"string","format":"regex"}}"#, "#/items/format"),
    ("pattern", #"{"type":"string","pattern":"(?=a)b"}"#, "#/pattern"),
    ("pattern", #"{"type":"string","pattern":"(a)\\1"}"#, "#/pattern"),
    ("pattern", #"{"type":"string","pattern":"\\p{L}"}"#, "#/pattern"),
    ("pattern", #"{"type":"string","pattern":"\\bword\\b"}"#, "#/pattern"),
    ("pattern", #"{"type":"string","pattern":"a{100000}"}"#, "#/pattern"),
    ("pattern", #"{"type":"string","pattern":"(a{1000}){1000}"}"#, "#/pattern"),
    ("pattern", #"{"type":"string","pattern":"(a|b)*a(a|b){20}"}"#, "#/pattern"),
    ("minLength", #"{"type":"string","pattern":"^a*$","minLength":1000000}"#, "#/minLength"),
    ("oneOf", #"{"oneOf":[{"type":"number"},{"type":"integer"}]}"#, "#/oneOf"),
    ("oneOf", #"{"oneOf":[{"type":"object"},{"type":"object","required":["a"]}]}"#, "#/oneOf"),
    ("minLength", #"{"const":"abc","minLength":2}"#, "#/minLength"),
    ("pattern", #"{"allOf":[{"type":"string","pattern":"a"},{"pattern":"b"}]}"#, "#/pattern"),
    ("$ref", #"{"$ref":"https://example.com/schema"}"#, "#/$ref"),
    (
      "additionalProperties",
      #"{"allOf":[{"properties":{"a":{}},"additionalProperties":false},{"properties":{"b":{}}}]}"#,
      "#/additionalProperties"
    ),
    (
      "nullable", ##"{"$defs":{"s":{"type":"string","nullable":true}},"$ref":"#/$defs/s"}"##,
      "#/$defs/s/nullable"
    ),
  ])
  func `keywords that are not supported`(keyword: String, schema: String, pointer: String) {
    do {
      _ = try Grammar(jsonSchema: schema)
      Issue.record("\(schema) was accepted")
    } catch {
      guard case .unsupported(let named, let place, let reason) = error else {
        Issue.record("\(schema): \(error)")
        return
      }
      #expect(named == keyword && place == pointer, "\(reason)")
      #expect(!"\(error)".contains("\n"))
    }
  }

  @Test(arguments: [
    ("#", "3"), ("#/type", #"{"type":"text"}"#), ("#/type", #"{"type":[1]}"#), ("#/enum", #"{"enum":[]}"#),
    ("#/anyOf", #"{"anyOf":{}}"#), ("#/allOf", #"{"allOf":[]}"#), ("#/required", #"{"required":["a",2]}"#),
    ("#/properties", #"{"properties":[]}"#), ("#/prefixItems", #"{"prefixItems":{}}"#),
    ("#/minLength", #"{"minLength":-1}"#), ("#/maxItems", #"{"maxItems":1.5}"#),
    ("#/minimum", #"{"minimum":"1"}"#),
    ("#/minimum", #"{"minimum":1e999}"#), ("#/multipleOf", #"{"type":"integer","multipleOf":0}"#),
    ("#/$ref", ##"{"$ref":"#/$defs/a"}"##), ("#/$ref", #"{"$ref":7}"#),
    ("#/items", #"{"type":"array","items":[]}"#),
    ("#", ##"{"$ref":"#"}"##), ("#", ##"{"anyOf":[{"$ref":"#"},{"type":"null"}]}"##),
    ("#/$defs/a", ##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}"##),
    ("#", ##"{"allOf":[{"$ref":"#"}]}"##), ("#", #"{"const":1e999}"#),
  ])
  func `schemas that are none`(pointer: String, schema: String) {
    do {
      _ = try Grammar(jsonSchema: schema)
      Issue.record("\(schema) was accepted")
    } catch {
      guard case .invalidSchema(let place, _) = error else {
        Issue.record("\(schema): \(error)")
        return
      }
      #expect(place == pointer, "\(error)")
    }
  }

  @Test(arguments: [
    "false", #"{"enum":["a"],"type":"integer"}"#, #"{"type":"integer","minimum":3,"maximum":2}"#,
    #"{"type":"integer","minimum":1,"maximum":6,"multipleOf":7}"#,
    #"{"type":"string","pattern":"^a$","minLength":2}"#,
    ##"{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}"##,
    #"{"type":"array","items":false,"minItems":1}"#, #"{"allOf":[{"type":"string"},{"type":"null"}]}"#,
    #"{"type":"object","required":["a"],"properties":{},"additionalProperties":false}"#,
  ])
  func `schemas that nothing satisfies`(schema: String) {
    #expect(throws: GrammarError.unsatisfiable("the schema")) { try Grammar(jsonSchema: schema) }
  }

  @Test func `text that is no JSON`() {
    #expect(throws: GrammarError.invalidJSON(line: 2, reason: "a name is expected")) {
      try Grammar(jsonSchema: "{\n1}")
    }
    #expect(throws: GrammarError.self) { try Grammar(jsonSchema: #"{"const":"\ud800"}"#) }
  }
}
