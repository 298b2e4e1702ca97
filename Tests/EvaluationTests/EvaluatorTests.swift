import Compute
@testable import Evaluation
import Foundation
import Inference
import Models
import Plan
import Testing
import TestSupport

/// Points measured next to dense on pictures of noise.
@Suite(.endsWithin(minutes: 1)) struct EvaluatorTests {
  private let folder: TemporaryFolder
  private let runner: SampleRunner
  private let set: SampleSet
  private static let pruned = OperatingPoint(
    name: "pruned",
    settings: PruningSettings(
      tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.25, layer: 0),
      cacheRetention: CacheRetention(rates: [0.5, 0.5, 0.5, 0.5])))

  init() throws {
    folder = try TemporaryFolder()
    runner = SampleRunner(try TinyContext.open(in: folder), maxTokens: 6)
    set = try SampleSet(contentsOf: TinyContext.writeSet(in: folder, count: 3))
  }

  @Test func `dense agrees with itself`() throws {
    let score = try #require(try Evaluator(runner).evaluate(set, points: [.dense]).first)
    #expect(score.agreement == 1)
    #expect(score.divergence < 1e-6)
    #expect(score.accuracy.isNaN && score.accuracyInterval.allSatisfy { $0.isNaN })
    #expect(score.samples.map(\.id) == ["s0", "s1", "s2"])
    #expect(score.samples.allSatisfy { $0.visualKept == 16 && $0.visualEntryShare == 1 })
  }

  @Test func `dense answers found together are to the bit what they are alone`() throws {
    let prompts = try set.samples.map { try runner.prompt($0) }
    let together = try runner.references(prompts)
    for (prompt, reference) in zip(prompts, together) {
      let alone = try runner.run(prompt, schedule: runner.context.model.schedule(.dense), answer: nil)
      #expect(reference.answer == alone.tokens)
      #expect(
        reference.distributions.logProbabilities.elements
          == DenseDistributions(logits: alone.logits).logProbabilities.elements)
    }
  }

  @Test func `a point's figures stand beside dense's, whatever the order of the points`() throws {
    let one = try Evaluator(runner).evaluate(set, points: [.dense, Self.pruned])
    let other = try Evaluator(runner).evaluate(set, points: [Self.pruned, .dense])
    #expect(one.map(\.point.name) == ["dense", "pruned"])
    #expect(one[1].samples.map(\.divergence) == other[0].samples.map(\.divergence))
    #expect(one[1].divergence > 1e-4)
    #expect(one[1].samples.allSatisfy { $0.visualKept == 4 })
    #expect(one[1].samples.allSatisfy { $0.visualEntryShare == (8 + 3 * 2) / 64.0 })
    let figures = one[1].figures(beside: one[0])
    #expect(figures.samples == 3 && figures.visualKept == 4)
    #expect(figures.kvBytes < figures.denseKVBytes && figures.decoderFLOPs < figures.denseDecoderFLOPs)
  }

  @Test func `accuracy is the exact match of trimmed text, by task in order of appearance`() throws {
    let lines = try set.samples.enumerated().map { index, sample in
      let dense = try runner.reference(try runner.prompt(sample))
      let text = index == 1 ? "certainly not this" : runner.context.model.text(of: dense.answer)
      let quoted = try #require(
        String(data: JSONEncoder().encode(text), encoding: .utf8))
      return #"{"image": "\#(index).png", "prompt": "\#(sample.prompt)", "answer": \#(quoted), "#
        + #""task": "\#(index == 2 ? "b" : "a")"}"#
    }
    let graded = try SampleSet(
      contentsOf: folder.write(lines.joined(separator: "\n"), to: "graded.jsonl"))
    let score = try #require(try Evaluator(runner).evaluate(graded, points: [.dense]).first)
    #expect(score.samples.map(\.correct) == [true, false, true])
    #expect(abs(score.accuracy - 2.0 / 3) < 1e-12)
    #expect(score.tasks.map(\.task) == ["a", "b"])
    #expect(score.tasks.map(\.accuracy) == [0.5, 1] && score.tasks.map(\.samples) == [2, 1])
  }

  @Test func `the forced run's logits are those of decoding the answer`() throws {
    let prompt = try runner.prompt(try #require(set.samples.first))
    let schedule = try runner.context.model.schedule(Self.pruned.settings)
    let context = runner.context
    let outcome = try runner.run(prompt, schedule: schedule, answer: [65, 66, 67])
    let prefill = try context.prefill(prompt.copy(), schedule: schedule, PrefillRange(reserve: 8))
    var state = context.startDecoding(prefill.copy(reserve: 64))
    var expected = state.logits.elements
    for token in [65, 66] as [Int32] {
      context.decode(token, &state)
      expected += state.logits.elements
    }
    #expect(outcome.logits.rows == 3)
    #expect(largestDifference(outcome.logits.elements, expected) < 1e-4)
    #expect(outcome.counts.entriesByLayer == prefill.cache.layers.map(\.count))
    #expect(context.forcedLogits([], behind: state).rows == 0)
  }

  @Test func `stopping stops`() {
    struct Stop: Error {}
    var calls: [Int] = []
    #expect(throws: Stop.self) {
      try Evaluator(runner).evaluate(set, points: [.dense]) { done, total in
        calls.append(done)
        #expect(total == 3)
        if done == 2 { throw Stop() }
      }
    }
    #expect(calls == [1, 2])
  }
}
