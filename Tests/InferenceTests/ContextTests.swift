import Compute
import Inference
import Models
import Plan
import Testing
import TestSupport
import Tokenization

/// A plan on disk, a picture, a question.
@Suite(.endsWithin(minutes: 1)) struct ContextTests {
  private let folder: TemporaryFolder
  private let context: Context
  private let picture: String

  init() throws {
    folder = try TemporaryFolder()
    context = try TinyContext.open(in: folder)
    picture = try folder.write(TinyPicture.png(seed: 1), to: "picture.png")
  }

  @Test func `an answer counts what it was made of`() throws {
    var question = Question(images: [.file(picture), .file(picture)], prompt: "why")
    question.options.maxTokens = 5
    let answer = try context.answer(question, point: .dense)
    #expect(
      answer.promptTokens == 1 + 32 + 3 + 1 && answer.visualTokens == 32 && answer.counts.visualKept == 32)
    #expect(answer.counts.entriesByLayer == [37, 37, 37, 37] && answer.visualEntryShare == 1)
    #expect(answer.counts.cacheBytes == 4 * 37 * 2 * 2 * 8 * 4)
    #expect((1...5).contains(answer.tokens.count))
    #expect(answer.tokens.count == 5 || answer.tokens.last == 256)
  }

  @Test func `pruning shows in the counts`() throws {
    var question = Question(images: [.file(picture)], prompt: "why")
    question.options.maxTokens = 1
    let point = OperatingPoint(
      name: "small",
      settings: PruningSettings(
        tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 1),
        cacheRetention: CacheRetention(rates: [0.5, 0.5, 0.5, 0.5])))
    let answer = try context.answer(question, point: point)
    #expect(answer.counts.visualKept == 8)
    #expect(answer.counts.entriesByLayer == [13, 13, 9, 9])
    #expect(answer.visualEntryShare == 24.0 / 64)
    #expect(answer.point == "small")
  }

  @Test func `a picture of too few tokens for a whole one less is answered`() throws {
    let settings = PruningSettings(cacheRetention: CacheRetention(rates: Array(repeating: 0.99, count: 4)))
    let answer = try context.answer(
      Question(images: [.file(picture)], prompt: "why"), point: OperatingPoint(name: "p", settings: settings))
    #expect(answer.visualEntryShare == 1 && !answer.tokens.isEmpty)
  }

  @Test func `a point that was asked to prune and removed nothing is an error`() {
    let settings = PruningSettings(
      tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 1, recoveryStride: 1))
    let error = #expect(throws: InferenceError.self) {
      try context.answer(
        Question(images: [.file(picture)], prompt: "why"),
        point: OperatingPoint(name: "p", settings: settings))
    }
    #expect(error?.description == "point 'p': was asked to prune and removed nothing")
  }

  @Test func `without pictures there is nothing to prune, and that is well`() throws {
    var question = Question(images: [], prompt: "why")
    question.options.maxTokens = 2
    let point = OperatingPoint(
      name: "p",
      settings: PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 1)))
    let answer = try context.answer(question, point: point)
    #expect(answer.visualTokens == 0 && answer.visualEntryShare == 1)
    #expect(try answer.tokens == context.answer(question, point: .dense).tokens)
  }

  @Test(arguments: ["", " ", "\n\t"]) func `an empty question is refused`(prompt: String) {
    let error = #expect(throws: PromptError.self) {
      try context.answer(Question(images: [.file(picture)], prompt: prompt), point: .dense)
    }
    #expect(error?.description == "prompt: is empty")
  }

  @Test func `a bad sampling setting is refused before anything runs`() {
    var question = Question(images: [.file("/no/such.png")], prompt: "why")
    question.options.sampling.topP = 0
    let error = #expect(throws: InferenceError.self) { try context.answer(question, point: .dense) }
    #expect(error?.description == "sampling: top-p 0.0 is not within (0, 1]")
  }

  @Test func `text arrives piece by piece and adds up to the answer`() throws {
    var question = Question(images: [.file(picture)], prompt: "why")
    question.options.maxTokens = 40
    question.options.sampling.temperature = 3
    question.options.sampling.seed = 5
    var pieces: [String] = []
    let answer = try context.answer(question, point: .dense) { pieces.append($0) }
    #expect(pieces.joined() == answer.text && pieces.allSatisfy { !$0.isEmpty })
    #expect(try answer.tokens == context.answer(question, point: .dense).tokens)
  }

  @Test func `the greedy answer is what decoding gives, and ends at the limit or a stop token`() throws {
    let layout = try context.model.layout(prompt: "why", images: 1)
    let features = try context.encode(try context.model.prepareImage(at: picture))
    let prompt = try context.embed(layout, images: [features])
    let prefill = try context.prefill(
      prompt, schedule: try context.model.schedule(.dense), PrefillRange(reserve: 8))
    var question = Question(images: [.file(picture)], prompt: "why")
    for limit in [1, 2, 8] {
      question.options.maxTokens = limit
      let tokens = try context.greedyTokens(after: prefill, limit: limit)
      #expect(try context.answer(question, point: .dense).tokens == tokens)
      #expect(tokens.count <= limit && !tokens.dropLast().contains(256))
    }
    #expect(try context.greedyTokens(after: prefill, limit: 0).isEmpty)
  }

  @Test func `images stand in the template's place, in order`() throws {
    let layout = try context.model.layout(prompt: "hi", images: 2)
    #expect(
      layout.parts == [.token(81), .image(0), .image(1), .token(104), .token(105), .token(65)])
    let features = try context.encode(try context.model.prepareImage(at: picture))
    let ids = context.model.inputIDs(layout, images: [features, features])
    #expect(ids.count == 32 + 4)
    #expect(ids.count { $0 == 257 } == 32)
  }
}
