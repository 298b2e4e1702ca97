import Inference
import Plan
import Testing
import TestSupport

@testable import Evaluation

/// Second questions, asked behind the answer to the first.
@Suite(.endsWithin(minutes: 1)) struct SecondTurnTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `neighbours that share a picture are dialogues`() throws {
    let set = try set([0, 0, 0, 1, 0, 2, 2])
    let dialogues = SecondTurnEvaluator.dialogues(set)
    #expect(dialogues.map(\.first.id) == ["s0", "s1", "s5"])
    #expect(dialogues.map(\.second.id) == ["s1", "s2", "s6"])
  }

  @Test func `dense answers as the whole dialogue in one prompt does`() throws {
    let context = try TinyContext.open(TinyContext.dialogueContents, in: folder)
    let runner = SampleRunner(context, maxTokens: 5)
    let set = try set([0, 0])
    let scores = try SecondTurnEvaluator(runner).evaluate(set, points: [.dense, .dense])
    #expect(scores.map(\.samples) == [1, 1] && scores.map(\.accuracy) == [1, 1])
    let comparison = scores[1].compared(with: scores[0])
    #expect(comparison.difference == 0 && comparison.pValue == 1)
  }

  @Test func `what a point dropped is gone for the second question`() throws {
    let context = try TinyContext.open(TinyContext.dialogueContents, in: folder)
    let runner = SampleRunner(context, maxTokens: 5)
    let blind = OperatingPoint(
      name: "blind",
      settings: PruningSettings(
        tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.05, layer: 0),
        cacheRetention: CacheRetention(rates: [0, 0, 0, 0])))
    let scores = try SecondTurnEvaluator(runner).evaluate(
      try set(Array(repeating: 0, count: 6)), points: [.dense, blind])
    #expect(scores[0].samples == 5 && scores[0].accuracy == 1 && scores[1].accuracy < 1)
  }

  private func set(_ pictures: [Int]) throws -> SampleSet {
    for picture in Set(pictures) {
      try folder.write(TinyPicture.png(seed: UInt64(picture)), to: "\(picture).png")
    }
    let lines = pictures.enumerated().map {
      #"{"id": "s\#($0.offset)", "image": "\#($0.element).png", "prompt": "what \#($0.offset)"}"#
    }
    return try SampleSet(contentsOf: folder.write(lines.joined(separator: "\n"), to: "set.jsonl"))
  }
}
