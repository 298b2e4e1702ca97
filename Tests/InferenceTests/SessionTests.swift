import Compute
import Models
import Inference
import PlanFormat
import TestSupport
import Testing
import Tokenization

/// A plan on disk, a picture, a question.
@Suite struct SessionTests {
  private let folder: TemporaryFolder
  private let session: Session
  private let picture: String

  init() throws {
    folder = try TemporaryFolder()
    session = try TinySession.open(in: folder)
    picture = try folder.write(TinyPicture.png(seed: 1), to: "picture.png")
  }

  @Test func `an answer counts what it was made of`() throws {
    var question = Question(images: [picture, picture], prompt: "why")
    question.maxTokens = 5
    let answer = try session.answer(question, point: .dense)
    #expect(answer.promptTokens == 1 + 32 + 3 + 1 && answer.visualTokens == 32 && answer.visualKept == 32)
    #expect(answer.entriesByLayer == [37, 37, 37, 37] && answer.visualEntryShare == 1)
    #expect(answer.kvBytes == 4 * 37 * 2 * 2 * 8 * 4)
    #expect((1...5).contains(answer.tokens.count))
    #expect(answer.tokens.count == 5 || answer.tokens.last == 256)
  }

  @Test func `pruning shows in the counts`() throws {
    var question = Question(images: [picture], prompt: "why")
    question.maxTokens = 1
    let point = OperatingPoint(
      name: "small",
      settings: PruningSettings(
        tokens: TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 1),
        retention: CacheRetention(rates: [0.5, 0.5, 0.5, 0.5])))
    let answer = try session.answer(question, point: point)
    #expect(answer.visualKept == 8)
    #expect(answer.entriesByLayer == [13, 13, 9, 9])
    #expect(answer.visualEntryShare == 24.0 / 64)
    #expect(answer.point == "small")
  }

  @Test func `a picture of too few tokens for a whole one less is answered`() throws {
    let settings = PruningSettings(retention: CacheRetention(rates: Array(repeating: 0.99, count: 4)))
    let answer = try session.answer(
      Question(images: [picture], prompt: "why"), point: OperatingPoint(name: "p", settings: settings))
    #expect(answer.visualEntryShare == 1 && !answer.tokens.isEmpty)
  }

  @Test func `a point that was asked to prune and removed nothing is an error`() {
    let settings = PruningSettings(
      tokens: TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 1, recoveryStride: 1))
    let error = #expect(throws: InferenceError.self) {
      try session.answer(
        Question(images: [picture], prompt: "why"), point: OperatingPoint(name: "p", settings: settings))
    }
    #expect(error?.description == "point 'p': was asked to prune and removed nothing")
  }

  @Test func `without pictures there is nothing to prune, and that is well`() throws {
    var question = Question(images: [], prompt: "why")
    question.maxTokens = 2
    let point = OperatingPoint(
      name: "p", settings: PruningSettings(tokens: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 1)))
    let answer = try session.answer(question, point: point)
    #expect(answer.visualTokens == 0 && answer.visualEntryShare == 1)
    #expect(try answer.tokens == session.answer(question, point: .dense).tokens)
  }

  @Test(arguments: ["", " ", "\n\t"]) func `an empty question is refused`(prompt: String) {
    let error = #expect(throws: PromptError.self) {
      try session.answer(Question(images: [picture], prompt: prompt), point: .dense)
    }
    #expect(error?.description == "prompt: is empty")
  }

  @Test func `a bad sampling setting is refused before anything runs`() {
    var question = Question(images: ["/no/such.png"], prompt: "why")
    question.sampling.topP = 0
    let error = #expect(throws: InferenceError.self) { try session.answer(question, point: .dense) }
    #expect(error?.description == "sampling: top-p 0.0 is not within (0, 1]")
  }

  @Test func `text arrives piece by piece and adds up to the answer`() throws {
    var question = Question(images: [picture], prompt: "why")
    question.maxTokens = 40
    question.sampling.temperature = 3
    question.sampling.seed = 5
    var pieces: [String] = []
    let answer = try session.answer(question, point: .dense) { pieces.append($0) }
    #expect(pieces.joined() == answer.text && pieces.allSatisfy { !$0.isEmpty })
    #expect(try answer.tokens == session.answer(question, point: .dense).tokens)
  }

  @Test func `the greedy answer is what decoding gives, and ends at the limit or a stop token`() throws {
    let layout = try session.layout(prompt: "why", images: 1)
    let features = try session.encode(try session.prepareImage(at: picture))
    let prompt = try session.engine.embed(layout, images: [features])
    let prefill = session.engine.prefill(prompt, schedule: try session.schedule(.dense), reserve: 8)
    var question = Question(images: [picture], prompt: "why")
    for limit in [1, 2, 8] {
      question.maxTokens = limit
      let tokens = session.greedyTokens(after: prefill, limit: limit).tokens
      #expect(try session.answer(question, point: .dense).tokens == tokens)
      #expect(tokens.count <= limit && !tokens.dropLast().contains(256))
    }
    #expect(session.greedyTokens(after: prefill, limit: 0).tokens.isEmpty)
  }

  @Test func `images stand in the template's place, in order`() throws {
    let layout = try session.layout(prompt: "hi", images: 2)
    #expect(
      layout.parts == [.token(81), .image(0), .image(1), .token(104), .token(105), .token(65)])
    let features = try session.encode(try session.prepareImage(at: picture))
    let ids = session.inputIDs(layout, images: [features, features])
    #expect(ids.count == 32 + 4)
    #expect(ids.count { $0 == 257 } == 32)
  }
}
