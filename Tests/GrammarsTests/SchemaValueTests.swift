import Testing

@testable import Grammars

/// Which texts a schema's keywords let through, one by one.
@Suite(.timeLimit(.minutes(1))) struct SchemaValueTests {
  private func check(_ schema: String, _ accepted: [String], not refused: [String]) throws {
    let grammar = try Grammar(jsonSchema: schema)
    for text in accepted { #expect(grammar.accepts(text), "\(schema): \(text)") }
    for text in refused { #expect(!grammar.accepts(text), "\(schema): \(text)") }
  }

  @Test func `white space is little and ends`() throws {
    try check(
      #"{"type":"array","items":{"type":"null"}}"#,
      [
        "[]", "[ ]", "[null]", "[ null, null ]", "[\n  null,\n\t\tnull\n]",
        "[\n" + String(repeating: " ", count: 20) + "]",
      ],
      not: ["[  ]", "[\n\n]", "[null ,null]", " []", "[] ", "[\n" + String(repeating: " ", count: 21) + "]"])
  }

  @Test func `strings are valid UTF-8 with the escapes of JSON`() throws {
    try check(
      #"{"type":"string"}"#,
      [#""""#, #""é😀""#, #""\"\\\/\b\f\n\r\t\u00e9\uFFFF""#, #""\ud83d\ude00""#, "\"\u{7F}\""],
      not: [#""\x""#, #""\ud83d""#, #""\ude00""#, #""\ud83dx""#, "\"\n\"", "\"\t\"", #"""#, #""\u12""#])
    let grammar = try Grammar(jsonSchema: #"{"type":"string"}"#)
    for bytes: [UInt8] in [
      [0x80], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
    ] {
      #expect(!grammar.accepts([0x22] + bytes + [0x22]))
    }
  }

  @Test func `lengths count code points, however they are written`() throws {
    try check(
      #"{"type":"string","minLength":2,"maxLength":3}"#,
      [#""ab""#, #""é😀日""#, #""\ud83d\ude00\n""#, #""\u0061bc""#],
      not: [#""a""#, #""abcd""#, #""\ud83d\ude00""#])
  }

  @Test func `whole numbers keep exactly to their bounds`() throws {
    try check(
      #"{"type":"integer","minimum":-12,"maximum":105}"#, ["-12", "-9", "0", "99", "100", "105"],
      not: ["-13", "-20", "106", "110", "1000", "-0", "00", "1.0", "1e1", "+1", ""])
    try check(
      #"{"type":"integer","exclusiveMinimum":1.5,"exclusiveMaximum":4}"#, ["2", "3"], not: ["1", "4", "0"])
    try check(#"{"type":"integer"}"#, ["999999999999999", "-999999999999999"], not: ["1000000000000000"])
    try check(
      #"{"type":"integer","minimum":1000000000000000}"#, ["1000000000000000", "999999999999999999"],
      not: ["999999999999999", "1000000000000000000"])
  }

  @Test func `every whole number of a range is in its pattern, and no other`() throws {
    var generator = SeededGenerator(5)
    for _ in 0..<12 {
      let least = generator.index(below: 900) - 450
      let most = least + 9 + generator.index(below: 500)
      let divisor = 1 + generator.index(below: 9)
      let grammar = try Grammar(
        jsonSchema: #"{"type":"integer","minimum":\#(least),"maximum":\#(most),"multipleOf":\#(divisor)}"#)
      for value in least - 30...most + 30 {
        let isIncluded = (least...most).contains(value) && value % divisor == 0
        #expect(grammar.accepts("\(value)") == isIncluded, "\(value) of \(least)...\(most) by \(divisor)")
      }
    }
  }

  @Test func `multiples that are too many to list have an automaton`() throws {
    try check(
      #"{"type":"integer","multipleOf":37}"#, ["0", "37", "-74", "370000000000", "999999999999962"],
      not: ["1", "38", "-75", "037", "-0", "999999999999963"])
  }

  @Test func `numbers keep exactly to their bounds`() throws {
    try check(
      #"{"type":"number","minimum":0.25,"exclusiveMaximum":12.5}"#,
      ["0.25", "0.250", "0.3", "1", "9.99", "10", "12", "12.4999999", "12.49"],
      not: ["0", "0.2", "0.24999", "12.5", "12.50", "12.6", "13", "100", "-1", "00.3", "1e0", "1."])
    try check(
      #"{"type":"number","exclusiveMinimum":-1.5,"maximum":0}"#, ["-1.4999", "-1", "-0.1", "0", "0.0", "-0"],
      not: ["-1.5", "-1.50", "-2", "0.1", "1", "-10"])
    try check(
      #"{"type":"number","minimum":0}"#, ["-0", "-0.0", "0", "5", "123456789012345"], not: ["-0.1", "-1"])
    try check(
      #"{"type":"number","minimum":1e-7,"maximum":2.5e-7}"#, ["0.0000001", "0.00000025", "0.00000019"],
      not: ["0.00000009", "0.00000026", "0", "0.1"])
  }

  @Test func `drawn decimals are compared with drawn bounds as numbers are`() throws {
    var generator = SeededGenerator(11)
    func decimal(_ generator: inout SeededGenerator) -> String {
      let whole = generator.index(below: 130)
      let fraction = ["", ".0", ".5", ".25", ".249", ".05", ".9", ".99", ".500"][generator.index(below: 9)]
      return (generator.isTrue() ? "-" : "") + "\(whole)" + fraction
    }
    for _ in 0..<60 {
      let bound = decimal(&generator)
      let keyword = generator.element(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"])
      let grammar = try Grammar(jsonSchema: "{\"type\":\"number\",\"\(keyword)\":\(bound)}")
      for text in (0..<60).map({ _ in decimal(&generator) }) + [bound] {
        guard let value = Double(text), let limit = Double(bound) else { continue }
        let isIncluded =
          switch keyword {
          case "minimum": value >= limit
          case "maximum": value <= limit
          case "exclusiveMinimum": value > limit
          default: value < limit
          }
        // Minus zero has a place only where it costs nothing.
        if value == 0 && text.hasPrefix("-") && isIncluded { continue }
        #expect(grammar.accepts(text) == isIncluded, "\(text) with \(keyword) \(bound)")
      }
    }
  }

  @Test func `numbers without bounds are those a double can hold`() throws {
    try check(
      #"{"type":"number"}"#, ["0", "-0.5e-3", "1E289", "12.5e+10", "0.1e00"],
      not: ["1e290", "1e999", "01", ".5", "5.", "NaN", "-", "1e"])
  }

  @Test func `patterns find a match anywhere unless they are anchored`() throws {
    try check(#"{"pattern":"b+c"}"#, [#""bc""#, #""abbbcd""#, #""éé\nbc""#], not: [#""b""#, #""""#])
    try check(#"{"pattern":"^(a|bc){2}$"}"#, [#""aa""#, #""abc""#, #""bcbc""#], not: [#""a""#, #""abca""#])
    try check(#"{"pattern":"^a|b$"}"#, [#""ax""#, #""xb""#], not: [#""xa""#, #""bx""#])
    try check(#"{"pattern":"^[\\s\\S]\\W\\D\\S$"}"#, [#""\n-é日""#], not: [#""\na1 ""#])
    try check(
      #"{"pattern":"^.[^.]\\.\\u{e9}\\xe9\\t$"}"#, [#""xy.éé\t""#], not: [#""\ny.éé\t""#, #""x..éé\t""#])
    #expect(throws: GrammarError.unsatisfiable("the schema")) {
      try Grammar(jsonSchema: #"{"pattern":"x^a"}"#)
    }
  }

  @Test func `formats`() throws {
    try check(
      #"{"type":"string","format":"date"}"#,
      [#""2024-02-29""#, #""2000-02-29""#, #""1999-12-31""#, #""0001-01-01""#],
      not: [
        #""2023-02-29""#, #""1900-02-29""#, #""2024-04-31""#, #""0000-01-01""#, #""2024-13-01""#,
        #""2024-1-01""#,
      ])
    try check(
      #"{"type":"string","format":"ipv6"}"#,
      [#""::""#, #""::1""#, #""1:2:3:4:5:6:7:8""#, #""fe80::1:2""#, #""1::""#],
      not: [#""1:2:3:4:5:6:7""#, #""1::2::3""#, #"":1""#, #""12345::""#, #""1:2:3:4:5:6:7:8:9""#])
    try check(
      #"{"type":"string","format":"ipv4"}"#, [#""0.10.199.255""#], not: [#""256.1.1.1""#, #""01.1.1.1""#])
  }

  @Test func `properties come in order, optional ones where they are wanted`() throws {
    let schema =
      #"{"type":"object","properties":{"a":{"const":1},"b":{"const":2},"c":{"const":3}},"required":["b"]}"#
    try check(
      schema, [#"{"b":2}"#, #"{"a":1,"b":2}"#, #"{"b":2,"c":3}"#, #"{"a":1, "b":2, "c":3 }"#],
      not: ["{}", #"{"a":1}"#, #"{"b":2,"a":1}"#, #"{"b":2,}"#, #"{"b":2,"d":4}"#, #"{"b":2,"b":2}"#])
  }

  @Test func `additional properties have other names`() throws {
    try check(
      #"{"type":"object","properties":{"id":{"type":"null"}},"additionalProperties":{"type":"boolean"}}"#,
      ["{}", #"{"id":null}"#, #"{"id":null,"x":true,"idx":false}"#, #"{"i":true}"#, #"{"\n\"":true}"#],
      not: [#"{"id":true}"#, #"{"x":true,"id":null}"#, #"{"\u0069d":true}"#, #"{"":true}"#, #"{"x":null}"#])
  }
}
