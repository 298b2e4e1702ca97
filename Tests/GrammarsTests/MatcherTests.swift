import Testing

@testable import Grammars

/// One answer follows its grammar token by token.
@Suite(.timeLimit(.minutes(1))) struct MatcherTests {
  private func matcher(_ gbnf: String, _ tokens: [[UInt8]?], stop: Set<Int32>) throws -> GrammarMatcher {
    GrammarMatcher(try Grammar(gbnf: gbnf), over: TokenVocabulary(tokens: tokens, stopTokens: stop))
  }

  private func bytes(_ texts: String...) -> [[UInt8]?] { texts.map { Array($0.utf8) } }

  @Test func `stop tokens are allowed where the grammar may end, and end it`() throws {
    var matcher = try matcher("root ::= \"a\" \"b\"?", bytes("a", "b", "ab", "</s>") + [nil], stop: [3])
    #expect(matcher.allowed == [0, 2])
    matcher.refuse(3)
    matcher.refuse(4)
    matcher.follow(0)
    #expect(matcher.allowed == [1, 3])
    #expect(matcher.canEnd && !matcher.hasEnded)
    matcher.follow(3)
    #expect(matcher.hasEnded && matcher.allowed.isEmpty)
    matcher.refuse(1)
  }

  @Test func `tokens without bytes, out of range or without a place change nothing`() throws {
    var matcher = try matcher("root ::= \"abc\"", bytes("abc", "", "abd", "c", "ab") + [nil], stop: [])
    #expect(matcher.allowed == [0, 4])
    for token in [Int32(1), 2, 3, 5, 6, -1, .max, .min] { matcher.refuse(token) }
    #expect(matcher.allowed == [0, 4])
  }

  @Test func `a character may come in several tokens`() throws {
    var matcher = try matcher(
      "root ::= [α-ω]+ \"!\"", [[0xCE], [0xCF], [0xB1], [0xB1, 0xCE], [0xFF], [0x89, 0x21]], stop: [])
    #expect(matcher.allowed == [0, 1])
    matcher.follow(0)
    #expect(matcher.allowed == [2, 3])
    matcher.follow(3)
    matcher.follow(2)
    matcher.follow(1)
    #expect(matcher.allowed == [5])
    matcher.follow(5)
    #expect(matcher.canEnd)
  }

  @Test func `copies go on by themselves`() throws {
    var first = try matcher("root ::= (\"a\" | \"b\"){3}", bytes("a", "b"), stop: [])
    first.follow(0)
    var second = first
    second.follow("ba")
    #expect(second.canEnd && !first.canEnd)
    #expect(first.shortestCompletion == 2)
  }

  @Test func `forced bytes go as far as one way is open`() throws {
    let schema =
      #"{"type":"object","properties":{"kind":{"const":"circle"},"r":{"type":"integer"}},"required":["kind","r"]}"#
    var matcher = GrammarMatcher(try Grammar(jsonSchema: schema), over: Vocabularies.onlyBytes)
    let beginning = matcher.forcedBytes()
    #expect(String(decoding: beginning, as: UTF8.self) == "{")
    matcher.follow("{\"")
    let name = matcher.forcedBytes()
    #expect(String(decoding: name, as: UTF8.self) == "kind\":")
    let limited = matcher.forcedBytes(limit: 3)
    #expect(limited == Array("kin".utf8))
    matcher.follow("kind\":\"circle\",\"r\":7}")
    let end = matcher.forcedBytes()
    #expect(end.isEmpty)
  }

  @Test func `a budget that is too small leads to the end all the same`() throws {
    var matcher = GrammarMatcher(
      try Grammar(gbnf: "root ::= (\"a\" | \"bbb\"){4}"), over: Vocabularies.onlyBytes)
    var count = 0
    while !matcher.canEnd, let token = matcher.allowed(within: 1).first, matcher.accept(token) { count += 1 }
    #expect(count == 4)
  }

  @Test func `masks overwrite what is in a caller's words`() throws {
    var matcher = try matcher(
      "root ::= \"a\"", bytes("a", "b") + Array(repeating: nil, count: 100), stop: [70])
    var words: [UInt64] = [.max, .max]
    matcher.mask(into: &words)
    #expect(words == [1, 0])
    words = []
    matcher.mask(into: &words)
    #expect(words == [1, 0])
    words = [.max, .max]
    var span = words.mutableSpan
    matcher.mask(into: &span)
    #expect(words == [1, 0])
    matcher.follow(0)
    #expect(matcher.allowed == [70])
  }

  @Test func `bytes that are no token are known`() {
    #expect(Vocabularies.onlyBytes.bytesWithoutToken.isEmpty)
    let vocabulary = TokenVocabulary(tokens: bytes("a", "bc"), stopTokens: [9])
    #expect(vocabulary.bytesWithoutToken.count == 255)
    #expect(vocabulary.count == 2 && vocabulary.maskWords == 1)
  }

  @Test func `threads share what they find out`() async throws {
    let masks = GrammarMasks(.json, over: Vocabularies.merged(seed: 2, count: 600))
    let masksOfAll = await withTaskGroup(of: [[UInt64]].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var matcher = GrammarMatcher(masks)
          return Array("{\"a\": [1, \"x\"]}".utf8).map { byte in
            matcher.accept(bytes: [byte])
            return matcher.mask()
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(masksOfAll.count == 4 && masksOfAll.allSatisfy { $0 == masksOfAll[0] })
  }
}
