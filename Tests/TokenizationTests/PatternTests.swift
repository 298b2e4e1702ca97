import TestSupport
import Testing

@testable import Tokenization

@Suite("Split patterns", .endsWithin(minutes: 1))
struct PatternTests {
  @Test("put every character of Unicode where Hugging Face's context puts it")
  func allCharacters() throws {
    var everything: [UInt8] = []
    for code in UInt32(0)..<0x110000 {
      if let scalar = Unicode.Scalar(code) { everything += Array(String(scalar).utf8) }
    }
    for expected in try Golden.load().kinds {
      var budget = MatchBudget(bytes: everything.count)
      let segments = try Pattern(expected.pattern).segments(of: everything[...], &budget)
      let pieces = segments.map(\.range).filter { !$0.isEmpty }
      #expect(pieces.count == expected.pieces, "\(expected)")
      #expect(fnv(pieces.map { Int32($0.count) }) == expected.hash, "\(expected)")
    }
  }

  @Test("are rewritten where PCRE2 means something else, and only there")
  func dialect() throws {
    let (space, word, digit) = (PatternDialect.whiteSpace, PatternDialect.word, PatternDialect.digit)
    let cases = [
      (#"\s+(?!\S)"#, "[\(space)]+(?![^\(space)])"), (#"[^\s\d]"#, "[^\(space)\(digit)]"),
      (#"[]\s]"#, "[]\(space)]"), (#"\w\D"#, "[\(word)][^\(digit)]"),
      (#"[\w-]"#, "[\(PatternDialect.classWord)-]"),
      (#"[^]\s]\s"#, "[^]\(space)][\(space)]"), (#"\\s"#, #"\\s"#), (#"[\]\s]"#, #"[\]\#(space)]"#),
      (#"\p{Hebrew}\pZ\p{^Z}"#, #"\p{sc:Hebrew}\p{Z}\P{Z}"#), (#"\v\h[\h]"#, #"\x{B}[0-9A-Fa-f][0-9A-Fa-f]"#),
      (#"\u00e9\x41\x{1F600}"#, #"\x{00e9}\x{41}\x{1F600}"#), ("(?m:.)(?i:a)(?>b)", "(?s:.)(?i:a)(?>b)"),
      ("a{2}b{,3}c{4,}d{}{", #"a{2}b{0,3}c{4,}d\{}\{"#), ("(?i)ab", "(?i)ab"), ("(?#x)a", "a"),
    ]
    for (pattern, translated) in cases { #expect(try PatternDialect.translated(pattern) == translated) }
  }

  @Test(
    "that PCRE2 would read otherwise are refused",
    arguments: [
      #"a\"#, #"\p{L"#, #"\X"#, #"\1"#, #"\k<a>"#, "[a[b]]", "[a-z&&[^b]]", "[[:alpha:]]", "[a", "(?s:a)",
      "(?x)a",
      "a(?i)b", "a{2}+", "a{2}?", #"\xE9"#, #"\u12"#, #"[\W]"#, #"\p{Klingon}"#, "(*UCP)a", "(?",
    ])
  func refused(_ pattern: String) {
    #expect(throws: TokenizationError.self) { try Tokenizer.checkExpression(pattern) }
  }

  @Test("cover a text, with matches that may be empty")
  func cover() throws {
    let text = Array("ab  cd, 12é漢\u{180E} x".utf8)
    var budget = MatchBudget(bytes: text.count)
    for pattern in ["b", "z", "a*", "é|漢", #"\s"#, #"(?<=c)d"#, #"c\Kd"#, "(?=c)", "$"] {
      let segments = try Pattern(pattern).segments(of: text[...], &budget)
      #expect(segments.allSatisfy { !$0.range.isEmpty || $0.isMatch })
      #expect(segments.flatMap { Array(text[$0.range]) } == text, "\(pattern)")
    }
  }
}
