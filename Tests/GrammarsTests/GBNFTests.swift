import Testing

@testable import Grammars

/// Grammars in the notation of llama.cpp.
@Suite(.timeLimit(.minutes(1))) struct GBNFTests {
  private static func grammar(_ text: String) throws -> Grammar { try Grammar(gbnf: text) }

  @Test func `a list of chess moves`() throws {
    let grammar = try Self.grammar(GrammarSamples.chess)
    #expect(grammar.accepts("1. e4 e5\n2. Nf3 Nc6\n"))
    #expect(grammar.accepts("1. e4 O-O-O+\n12. axb8=Q# Qh4xe1\n"))
    #expect(!grammar.accepts("1. e4 e5\n"))
    #expect(!grammar.accepts("1. e9 e5\n2. Nf3 Nc6\n"))
  }

  @Test func `JSON with its white space`() throws {
    let grammar = try Self.grammar(GrammarSamples.json)
    #expect(grammar.accepts("{\"a\": [1, -2.5e-1, \"\\u00e9\\n\", {}, [], true],\n  \"b\":null}\n"))
    #expect(!grammar.accepts("[1]"))
    #expect(!grammar.accepts("{\"a\"  : 1}"))
  }

  @Test func `characters are code points and their UTF-8`() throws {
    let grammar = try Self.grammar(GrammarSamples.characters)
    #expect(grammar.accepts("é日本七!😀"))
    #expect(grammar.accepts("ā.x.ê."))
    #expect(grammar.accepts("😀?\n?"))
    #expect(grammar.accepts("]?-\t\"\\"))
    #expect(!grammar.accepts("]\t\"\\"))
    #expect(!grammar.accepts("四!"))
    #expect(!grammar.accepts([0xC3, 0x28]))
    #expect(!grammar.accepts([0xED, 0xA0, 0x80, UInt8(ascii: "?")]))
  }

  @Test func `classes may have hyphens, brackets and quotes`() throws {
    let grammar = try Self.grammar(#"root ::= [-a] [b-] [\]\[] ["] [^^] [\x41-\x43] "[]\[\]""#)
    #expect(grammar.accepts("-b]\"aB[][]"))
    #expect(grammar.accepts("a-[\"-C[][]"))
    #expect(!grammar.accepts("a-[\"^C[][]"))
  }

  @Test func `repetitions count what they follow`() throws {
    let grammar = try Self.grammar(GrammarSamples.repetitions)
    #expect(grammar.accepts("aabccEffhiiii"))
    #expect(grammar.accepts("aabbbddcdd"))
    #expect(!grammar.accepts("abcc"))
    #expect(!grammar.accepts("aabbbbcc"))
    #expect(!grammar.accepts("aabciii"))
  }

  @Test func `a repetition of a million is counted`() throws {
    let grammar = try Self.grammar(#"root ::= ("ab"? "c"){999999,1000000} "d""#)
    #expect(grammar.automaton.states.count < 20)
    var matcher = GrammarMatcher(grammar, over: Vocabularies.onlyBytes)
    #expect(matcher.shortestCompletion == 1_000_000)
    for _ in 0..<1000 { matcher.follow("abcc") }
    #expect(matcher.shortestCompletion == 998_000)
  }

  @Test func `right recursion does not deepen the stack`() throws {
    let grammar = try Self.grammar("root ::= \"a\" root | \"b\"")
    var matcher = GrammarMatcher(grammar, over: Vocabularies.onlyBytes)
    for _ in 0..<5000 { matcher.follow("a") }
    matcher.follow("b")
    #expect(matcher.canEnd)
  }

  @Test func `what lies too deep can only be closed`() throws {
    let grammar = try Self.grammar("root ::= \"(\" root \")\" | \"x\"")
    var matcher = GrammarMatcher(grammar, over: Vocabularies.onlyBytes)
    var depth = 0
    while matcher.accept(bytes: Array("(".utf8)) { depth += 1 }
    #expect(depth > 1000 && depth < 2000)
    #expect(matcher.allowed == [Int32(UInt8(ascii: "x"))])
    matcher.follow("x")
    for _ in 0..<depth { matcher.follow(")") }
    #expect(matcher.canEnd)
  }

  @Test(arguments: [
    ("root ::= a", 1, 10, "rule 'a' is not defined"),
    ("a ::= \"x\"", 1, 10, "there is no rule 'root'"),
    ("root ::= \"x\n", 1, 10, "the text in quotes does not end"),
    ("root ::= [a-", 1, 10, "the class of characters does not end"),
    ("root ::= [b-a]", 1, 11, "a range ends before it begins"),
    ("root ::= \"\\q\"", 1, 11, "an unknown escape"),
    ("root ::= \"\\x4\"", 1, 11, "2 hexadecimal digits are expected"),
    ("root ::= \"\\ud800\"", 1, 11, "no character has the number of this escape"),
    ("root ::= \"\\UFFFFFFFF\"", 1, 11, "no character has the number of this escape"),
    ("root ::= (\"a\"", 1, 14, "')' is expected"),
    ("root ::= \"a\")", 1, 13, "unexpected ')'"),
    ("root = \"a\"", 1, 6, "'::=' is expected after 'root'"),
    ("root ::= \"a\"{", 1, 14, "a number is expected after '{'"),
    ("root ::= \"a\"{2", 1, 15, "'}' is expected"),
    ("root ::= \"a\"{3,2}", 1, 13, "'{3,2}' ends before it begins"),
    ("# one\n\nroot ::= \"a\"\n  %", 4, 3, "the name of a rule is expected"),
    ("root ::= \"a\"\nroot ::= \"b\"", 2, 1, "rule 'root' is defined twice"),
    ("root ::= <think>", 1, 10, "tokens are not supported, only their text"),
    ("", 1, 1, "there is no rule 'root'"),
  ])
  func `mistakes are named with their place`(text: String, line: Int, column: Int, reason: String) {
    #expect(throws: GrammarError.syntax(line: line, column: column, reason: reason)) {
      try Grammar(gbnf: text)
    }
  }

  @Test(arguments: [
    ("root ::= root \"a\" | \"b\"", "root"),
    ("root ::= x\nx ::= \"\"? y\ny ::= x \"a\" | \"b\"", "x"),
    ("root ::= (root? \"a\"){200}", "root"),
  ])
  func `rules that may begin with themselves are refused`(text: String, rule: String) {
    #expect(throws: GrammarError.leftRecursion(rule: rule)) { try Grammar(gbnf: text) }
  }

  @Test(arguments: ["root ::= \"a\" root", "root ::= x\nx ::= \"(\" x \")\"", "root ::= []"])
  func `grammars that nothing satisfies are refused`(text: String) {
    #expect(throws: GrammarError.unsatisfiable("the grammar")) { try Grammar(gbnf: text) }
  }

  @Test func `ways that never end are not open`() throws {
    let grammar = try Self.grammar("root ::= \"a\" | \"b\" endless\nendless ::= \"c\" endless")
    #expect(GrammarMatcher(grammar, over: Vocabularies.onlyBytes).allowed == [0x61])
  }
}
