import Testing

@testable import Grammars

/// Text is free until a trigger has come.
@Suite(.timeLimit(.minutes(1))) struct TriggerTests {
  private static let number = "root ::= [0-9]+ \";\""

  private func grammar(isFreeAgain: Bool) throws -> Grammar {
    try Grammar(
      freeUntil: [.init("<tool>", then: try Grammar(gbnf: Self.number))], isFreeAgain: isFreeAgain)
  }

  @Test func `anything is free without it`() throws {
    let grammar = try grammar(isFreeAgain: false)
    for text in ["", "free", "<tool", "<<tool <tool >", "\u{0}日本"] {
      #expect(grammar.accepts(text), "\(text)")
    }
    #expect(grammar.accepts([0xFF, 0xC3]))
  }

  @Test func `the grammar holds behind it, however it begins`() throws {
    let grammar = try grammar(isFreeAgain: false)
    for text in ["<tool>12;", "x <tool>1;", "<tool<tool>1;", "<<tool>007;"] {
      #expect(grammar.accepts(text), "\(text)")
    }
    for text in ["<tool>", "<tool>x", "<tool>12", "<tool>12; more", "a<tool> 1;"] {
      #expect(!grammar.accepts(text), "\(text)")
    }
  }

  @Test func `behind the grammar text is free again where that is wanted`() throws {
    let grammar = try grammar(isFreeAgain: true)
    #expect(grammar.accepts("<tool>12; more, then <tool>3;<tool>4; end"))
    #expect(!grammar.accepts("<tool>12; more, then <tool>x"))
  }

  @Test func `tokens may end within it and go on behind it`() throws {
    let tokens = ["<to", "ol>", "ol>1", "ol>x", "ol", ">2;", ">;", "a<tool>", "1;", "<", "</s>"].map {
      Array($0.utf8)
    }
    let vocabulary = TokenVocabulary(tokens: tokens, stopTokens: [10])
    var matcher = GrammarMatcher(try grammar(isFreeAgain: false), over: vocabulary)
    #expect(matcher.allowed == Array(0...10))
    matcher.follow(0)
    #expect(matcher.allowed == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10])
    matcher.follow(4)
    #expect(matcher.allowed == [0, 1, 2, 3, 4, 5, 7, 8, 9, 10])
    matcher.follow(5)
    #expect(matcher.allowed == [10])
  }

  @Test func `it does not come where the budget would not end what follows`() throws {
    let matcher = GrammarMatcher(try grammar(isFreeAgain: false), over: Vocabularies.onlyBytes)
    var late = matcher
    late.follow("<tool")
    #expect(late.allowed(within: 3).contains(Int32(UInt8(ascii: ">"))))
    #expect(!late.allowed(within: 2).contains(Int32(UInt8(ascii: ">"))))
  }

  @Test func `several have their own grammars, and the first to end counts`() throws {
    let grammar = try Grammar(
      freeUntil: [
        .init("<a>", then: try Grammar(gbnf: "root ::= \"1\"")),
        .init("<ab>", then: try Grammar(gbnf: "root ::= \"2\"?")),
        .init("b><", then: try Grammar(gbnf: "root ::= [a-z]{200,300}")),
      ], isFreeAgain: true)
    #expect(grammar.accepts("<a>1<ab>2<ab>xyz"))
    #expect(!grammar.accepts("<a>2"))
    #expect(!grammar.accepts("<ab><a>2"))
    #expect(grammar.accepts("<ab><" + String(repeating: "q", count: 250)))
  }

  @Test func `triggers without text are refused`() {
    #expect(throws: GrammarError.self) { try Grammar(freeUntil: [.init("", then: .json)], isFreeAgain: true) }
  }
}
