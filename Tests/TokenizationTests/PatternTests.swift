import Testing

@testable import Tokenization

@Suite("Split patterns")
struct PatternTests {
  @Test("put every character of Unicode where Hugging Face's engine puts it")
  func allCharacters() throws {
    var everything: [UInt8] = []
    for code in UInt32(0)..<0x110000 {
      if let scalar = Unicode.Scalar(code) { everything += Array(String(scalar).utf8) }
    }
    for expected in try Golden.load().kinds {
      let pieces = try Pattern(expected.pattern).pieces(of: everything[...])
      #expect(pieces.count == expected.pieces, "\(expected)")
      #expect(fnv(pieces.map { Int32($0.count) }) == expected.hash, "\(expected)")
    }
  }

  @Test("are rewritten where PCRE2 means something else, and only there")
  func dialect() {
    let space = PatternDialect.whiteSpace
    let cases = [
      (#"\s+(?!\S)"#, "[\(space)]+(?![^\(space)])"), (#"[^\s\d]"#, #"[^\#(space)\d]"#),
      (#"[]\s]"#, "[]\(space)]"),
      (#"[^]\s]\s"#, "[^]\(space)][\(space)]"), (#"\\s"#, #"\\s"#), (#"[\]\s]"#, #"[\]\#(space)]"#),
      (#"\p{Greek}\pZ"#, #"\p{Greek}\p{Z}"#), (#"a\"#, #"a\"#), (#"\p{L"#, #"\p{L"#),
    ]
    for (pattern, translated) in cases { #expect(PatternDialect.translated(pattern) == translated) }
  }

  @Test("cover a text with pieces that are never empty")
  func cover() throws {
    let text = Array("ab  cd, 12é漢\u{180E} x".utf8)
    for pattern in ["b", "z", "a*", "é|漢", #"\s"#, #"(?<=c)d"#, #"c\Kd"#] {
      let pieces = try Pattern(pattern).pieces(of: text[...])
      #expect(pieces.allSatisfy { !$0.isEmpty })
      #expect(pieces.flatMap { Array(text[$0]) } == text, "\(pattern)")
    }
  }
}
