import Testing

@testable import Grammars

/// Texts that are put together of pieces.
@Suite(.timeLimit(.minutes(1))) struct PieceTests {
  private func accepts(_ grammar: Grammar, _ text: String) -> Bool {
    var matcher = GrammarMatcher(grammar, over: TokenVocabulary(tokens: [], stopTokens: []))
    return matcher.accept(bytes: Array(text.utf8)) && matcher.canEnd
  }

  @Test func `pieces follow each other`() throws {
    let digits = try Grammar(gbnf: #"root ::= [0-9]+"#)
    let grammar = try Grammar([.text("<a>"), .grammar(digits), .text("</a>")])
    #expect(accepts(grammar, "<a>12</a>"))
    for text in ["", "<a>", "<a></a>", "<a>1", "<a>1</a", "<a>1</a><a>2</a>", "x<a>1</a>"] {
      #expect(!accepts(grammar, text))
    }
  }

  @Test func `repeated pieces follow each other again and again`() throws {
    let digits = try Grammar(gbnf: #"root ::= [0-9]+"#)
    let grammar = try Grammar([.text("("), .grammar(digits), .text(")")], isRepeated: true)
    for count in 1...4 { #expect(accepts(grammar, String(repeating: "(7)", count: count))) }
    #expect(!accepts(grammar, "(7)(") && !accepts(grammar, ""))
    let first = try Grammar([.grammar(Grammar(gbnf: #"root ::= "a""#)), .text("b")], isRepeated: true)
    #expect(accepts(first, "ababab") && !accepts(first, "aba"))
  }

  @Test func `a piece that may be empty, and no piece at all, are refused`() throws {
    let empty = try Grammar(gbnf: #"root ::= "a"*"#)
    #expect(throws: GrammarError.self) { try Grammar([.text("x"), .grammar(empty)]) }
    #expect(throws: GrammarError.self) { try Grammar([]) }
  }
}
