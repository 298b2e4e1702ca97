import JSONReading
import Testing

@testable import Grammars

/// Masks are what trying each token by itself gives, in the plainest way there is.
@Suite(.timeLimit(.minutes(1))) struct MaskTests {
  private static let vocabulary = Vocabularies.merged(seed: 3, count: 700)

  @Test(arguments: GrammarSamples.all.indices)
  func `equal a slow recognizer's on drawn ways through a grammar`(index: Int) throws {
    let text = GrammarSamples.all[index].text
    try check(Grammar(gbnf: text), ReferenceRecognizer(gbnf: text), steps: 40)
  }

  @Test(arguments: [
    #"{"type":"object","properties":{"a":{"type":"string","maxLength":150},"b":{"type":"number"}},"required":["b"]}"#,
    #"{"type":"array","items":{"type":["integer","null","string"]},"minItems":2,"maxItems":120}"#,
    #"{"type":"string","pattern":"^(a|é)+b?$","minLength":2}"#,
    ##"{"anyOf":[{"type":"string"},{"enum":["abc","ab",1.5]},{"type":"object","properties":{"x":{"$ref":"#"}}}]}"##,
    #"{"type":"object","additionalProperties":{"type":"number","minimum":0.5,"maximum":12}}"#,
  ])
  func `equal a slow recognizer's on drawn ways through a schema`(schema: String) throws {
    var compiler = SchemaCompiler(try JSONParser.parse(Array(schema.utf8)))
    let (rules, root) = try compiler.ruleSet()
    try check(Grammar(jsonSchema: schema), ReferenceRecognizer(rules, root), steps: 30)
  }

  private func check(_ grammar: Grammar, _ reference: ReferenceRecognizer, steps: Int) throws {
    let masks = GrammarMasks(grammar, over: Self.vocabulary)
    for seed in UInt64(1)...2 {
      var generator = SeededGenerator(seed)
      var matcher = GrammarMatcher(masks)
      var reference = reference
      for _ in 0..<steps {
        #expect(matcher.canEnd == reference.canEnd)
        let mask = matcher.mask().tokens
        let expected = (0..<Int32(Self.vocabulary.count)).filter { token in
          token == Vocabularies.stop
            ? reference.canEnd : Self.vocabulary.bytes(of: token).map { reference.allows($0) } ?? false
        }
        #expect(mask == expected)
        let tokens = mask.filter { $0 != Vocabularies.stop }
        guard mask == expected, !tokens.isEmpty else { break }
        let token = generator.element(tokens)
        var isAccepted = matcher.accept(token)
        for byte in Self.vocabulary.bytes(of: token) ?? [] {
          isAccepted = reference.accept(byte) && isAccepted
        }
        #expect(isAccepted)
      }
    }
  }

  @Test(arguments: GrammarSamples.all.indices)
  func `within a budget hold the tokens behind which the rest fits`(index: Int) throws {
    let masks = GrammarMasks(try Grammar(gbnf: GrammarSamples.all[index].text), over: Self.vocabulary)
    var generator = SeededGenerator(UInt64(index))
    var matcher = GrammarMatcher(masks)
    for _ in 0..<25 {
      let shortest = matcher.shortestCompletion
      for remaining in [shortest, shortest + 1, shortest + 3, shortest + 20, shortest + 1000] {
        let mask = matcher.mask(within: remaining).tokens
        let expected = matcher.mask().tokens.filter { token in
          var next = matcher
          return next.accept(token)
            && next.shortestCompletion < max(remaining, token == Vocabularies.stop ? 1 : 0)
        }
        #expect(mask == expected)
        var single: [Int32] = []
        for token in 0..<Int32(Self.vocabulary.count) where matcher.allows(token, within: remaining) {
          single.append(token)
        }
        #expect(mask == single)
      }
      let tokens = matcher.mask().tokens.filter { $0 != Vocabularies.stop }
      guard !tokens.isEmpty else { break }
      matcher.accept(generator.element(tokens))
    }
  }

  @Test(arguments: GrammarSamples.all.indices)
  func `shortest completions fall by one on some byte and by more on none`(index: Int) throws {
    var matcher = GrammarMatcher(
      try Grammar(gbnf: GrammarSamples.all[index].text), over: Vocabularies.onlyBytes)
    var generator = SeededGenerator(UInt64(index))
    for _ in 0..<150 {
      #expect((matcher.shortestCompletion == 0) == matcher.canEnd)
      let bytes = matcher.mask().tokens.filter { $0 < 256 }
      let lengths = bytes.map { byte in
        var next = matcher
        next.accept(byte)
        return next.shortestCompletion
      }
      if !matcher.canEnd { #expect(lengths.min() == matcher.shortestCompletion - 1) }
      #expect(lengths.allSatisfy { $0 >= matcher.shortestCompletion - 1 })
      guard !bytes.isEmpty else { break }
      matcher.accept(generator.element(bytes))
    }
  }
}
