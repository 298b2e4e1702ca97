import Compute
import Foundation
import Models
import Plan
import PlanFile
import Testing
import TestSupport

@testable import Inference

/// Answers that decode together are those that each would have been alone.
@Suite(.endsWithin(minutes: 5)) struct AnswerBatchTests {
  /// Tokens of an answer, and the bits of its last logits.
  private struct Outcome: Equatable {
    var tokens: [Int32]
    var text: String
    var finishReason: FinishReason?
  }

  private func outcome(of answer: RunningAnswer) -> Outcome {
    Outcome(
      tokens: answer.generation.tokens, text: answer.generation.text,
      finishReason: answer.generation.finishReason)
  }

  /// Decodes answers together to their ends.
  private func run(_ answers: [RunningAnswer], in context: Context) throws -> [Int] {
    var batch = AnswerBatch(context)
    var counts: [Int] = []
    repeat {
      for answer in answers { _ = try answer.choose() }
      counts.append(batch.run(answers))
    } while counts.last != 0
    return counts
  }

  private let points: [PruningSettings] = [
    .dense,
    PruningSettings(
      tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.4, layer: 1, recoveryStride: 6),
      cacheRetention: CacheRetention(
        rates: Array(repeating: 0.4, count: 4), ranking: .window, evenShare: 0.75)),
    PruningSettings(tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.2, layer: 2)),
  ]

  /// An answer about one of the scenes, other ones for other indices.
  private func answer(_ index: Int, limit: Int, in context: Context) throws -> RunningAnswer {
    let picture = ReferencePlan.scenes.appendingPathComponent(
      "images/calibration-01\([0, 2, 3, 4, 5, 6, 8, 9][index]).jpg"
    ).path
    let questions = ["Describe the image.", "Which digits are there?", "How many digits are red?"]
    let prompt = try context.embed(
      try context.model.layout(prompt: questions[index % 3], images: 1),
      images: [try context.encode(try context.model.prepareImage(at: picture))])
    var settings = points[index % points.count]
    if settings.cacheRetention != nil {
      settings.cacheRetention?.rates = Array(repeating: 0.4, count: context.model.text.layers)
    }
    let prefill = try context.prefill(
      prompt, schedule: try context.model.schedule(settings), PrefillRange(reserve: limit))
    var options = GenerationOptions(maxTokens: limit)
    options.ignoresStopTokens = index % 2 == 1
    options.sampling.temperature = index % 3 == 2 ? 1 : 0
    options.sampling.seed = UInt64(index)
    return RunningAnswer(try Generation(context.startDecoding(prefill), in: context, options))
  }

  @Test(arguments: WeightFormat.allCases, [1, 2])
  func `each of eight answers is what it is alone`(format: WeightFormat, threads: Int) throws {
    let folder = try TemporaryFolder()
    let model = try Model(Plan(contentsOf: try ReferencePlan.plan(format, in: folder)))
    let context = Context(model, threads: threads)
    let limits = [5, 24, 17, 1, 40, 12, 30, 24]
    let alone = try limits.enumerated().map { index, limit in
      let answer = try answer(index, limit: limit, in: Context(model, threads: 1))
      while try answer.choose() != nil { _ = try run([answer], in: context) }
      return outcome(of: answer)
    }
    #expect(Set(alone.map(\.tokens)).count > 5, "the questions have different answers")
    let answers = try limits.enumerated().map { try answer($0, limit: $1, in: context) }
    let counts = try run(answers, in: context)
    #expect(answers.map(outcome) == alone)
    #expect(counts[0] >= 6 && counts == counts.sorted(by: >), "answers leave when they end")
  }

  @Test(arguments: FamilyGolden.firstOfEachFamily())
  func `a token beside others has the logits that it has alone, in any family`(golden: FamilyGolden) throws {
    let folder = try TemporaryFolder()
    let model = try Model(Plan(contentsOf: try golden.plan(in: folder)))
    let context = Context(model, threads: 2)
    let pictured = try #require(golden.cases.first)
    let prompt = try FamilyRun.prompt(context, golden, pictured)
    let prefill = try context.prefill(
      prompt, schedule: Schedule(layers: model.text.layers), PrefillRange(reserve: 16))
    func started(_ temperature: Double, limit: Int) throws -> RunningAnswer {
      var options = GenerationOptions(maxTokens: limit)
      options.ignoresStopTokens = true
      options.sampling.temperature = temperature
      options.sampling.seed = UInt64(limit)
      return RunningAnswer(
        try Generation(context.startDecoding(prefill.copy(reserve: limit)), in: context, options))
    }
    let settings: [(Double, Int)] = [(0, 9), (2, 12), (2, 4), (3, 11), (2, 7)]
    let alone = try settings.map { temperature, limit in
      let answer = try started(temperature, limit: limit)
      _ = try run([answer], in: context)
      return outcome(of: answer)
    }
    let together = try settings.map(started)
    _ = try run(together, in: context)
    #expect(together.map(outcome) == alone)
  }

  @Test(arguments: WeightFormat.allCases)
  func `rows of a step have the bits of a step of one`(format: WeightFormat) throws {
    let folder = try TemporaryFolder()
    let model = try Model(Plan(contentsOf: try ReferencePlan.plan(format, in: folder)))
    let context = Context(model, threads: 2)
    for count in [2, 3, 5, 8, 13] {
      var alone: [[UInt32]] = []
      var answers: [RunningAnswer] = []
      for index in 0..<count {
        let prompt = try context.embed(
          try context.model.layout(prompt: String(repeating: "a digit ", count: index + 1), images: 0),
          images: [])
        let prefill = try context.prefill(prompt, schedule: try model.schedule(.dense))
        var state = context.startDecoding(prefill.copy(reserve: 4))
        let options = GenerationOptions(maxTokens: 4)
        answers.append(RunningAnswer(try Generation(context.startDecoding(prefill), in: context, options)))
        let token = try #require(try answers[index].choose()).token
        context.decode(token, &state)
        alone.append(state.logits.elements.map(\.bitPattern))
      }
      var batch = AnswerBatch(context)
      let running = answers.count { $0.generation.finishReason == nil }
      #expect(batch.run(answers) == running && running > count / 2)
      for (answer, bits) in zip(answers, alone) where answer.generation.finishReason == nil {
        #expect(answer.generation.state.logits.row(0).map(\.bitPattern) == bits)
      }
    }
  }
}
