import Compute
import Foundation
import Grammars
import JSONReading
import Plan
import PlanFile
import Testing
import TestSupport
import Tokenization

@testable import Inference

/// Answers that are held to a grammar.
@Suite(.endsWithin(minutes: 2)) struct GrammarGenerationTests {
  private let folder: TemporaryFolder
  private let context: Context

  init() throws {
    folder = try TemporaryFolder()
    context = try TinyContext.open(in: folder)
  }

  private func answer(
    _ grammar: Grammar, in context: Context? = nil, tokens: Int, temperature: Double = 2, seed: UInt64 = 1
  ) throws -> Answer {
    let context = context ?? context ?? self.context
    var question = Question(images: [], prompt: "why")
    question.options = GenerationOptions(maxTokens: tokens)
    question.options.sampling.temperature = temperature
    question.options.sampling.seed = seed
    question.options.grammar = AnswerGrammar(grammar, for: context.model)
    return try context.answer(question, point: .dense)
  }

  private static let schema = #"""
    {"type": "object", "properties": {"name": {"type": "string"}, "sizes": {"type": "array", "items": {"type": "integer"}},
     "kind": {"enum": ["cat", "dog"]}}, "required": ["name", "sizes", "kind"], "additionalProperties": false}
    """#

  @Test(arguments: [38, 40, 60, 200], [0, 1, 5])
  func `whatever the weights, the answer parses and is whole`(tokens: Int, temperature: Double) throws {
    let grammar = try Grammar(jsonSchema: Self.schema)
    for seed in 0..<10 as Range<UInt64> {
      let answer = try answer(grammar, tokens: tokens, temperature: temperature, seed: seed)
      guard case .object(let object) = try JSONParser.parse(Array(answer.text.utf8)) else {
        Issue.record("no object: \(answer.text)")
        continue
      }
      #expect(object.members.map(\.name) == ["name", "sizes", "kind"])
      #expect(answer.finishReason == .stop && answer.tokens.count <= tokens)
    }
  }

  @Test func `of the reference model as well, whose tokens are pieces of words`() throws {
    let context = Context(
      try Model(Plan(contentsOf: try ReferencePlan.plan(.int8, in: folder))), threads: 2)
    let grammar = try Grammar(jsonSchema: Self.schema)
    for (temperature, tokens) in [(0.0, 60), (1, 60), (3, 200), (3, 45)] {
      let answer = try answer(grammar, in: context, tokens: tokens, temperature: temperature)
      #expect(throws: Never.self) { try JSONParser.parse(Array(answer.text.utf8)) }
      #expect(answer.finishReason == .stop)
    }
  }

  @Test func `an answer with no room for the shortest text is refused`() throws {
    let error = #expect(throws: InferenceError.self) {
      try answer(Grammar(gbnf: #"root ::= "yes" | "no, never""#), tokens: 2)
    }
    #expect(error?.description == "grammar: its shortest text has 3 bytes; the answer may have 2 tokens")
  }

  @Test func `the likeliest token that the grammar allows is taken`() throws {
    let answers = try ["yes", "no", "perhaps"].map { word in
      try answer(Grammar(gbnf: "root ::= \"\(word)\""), tokens: 20, temperature: 0).text
    }
    #expect(answers == ["yes", "no", "perhaps"])
  }

  @Test(arguments: FamilyGolden.firstOfEachFamily())
  func `bytes of tokens join to the text that decoding gives`(golden: FamilyGolden) throws {
    let model = try Model(Plan(contentsOf: try golden.plan(in: folder)))
    var generator = SplitMix64(seed: 5)
    for _ in 0..<200 {
      let ids = (0..<6).map { _ in Int32(truncatingIfNeeded: generator.next() % UInt64(model.text.vocabulary))
      }
      let pieces = ids.map { model.tokenizer.textBytes(of: $0) }
      guard pieces.allSatisfy({ $0 != nil }) else { continue }
      guard let text = String(validating: pieces.flatMap { $0 ?? [] }, as: UTF8.self) else { continue }
      let decoded = model.tokenizer.decode(ids)
      // White space in front may be dropped.
      #expect(decoded == text || " " + decoded == text)
    }
  }
}
