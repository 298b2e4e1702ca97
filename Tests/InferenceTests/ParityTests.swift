import Compute
import Foundation
import HDF5
import Inference
import Models
import Plan
import PlanFile
import Testing
import TestSupport

/// The reference model against Hugging Face transformers in float32, on the same weights.
///
/// Golden values come from Tests/Golden/reference/make_golden.py.
@Suite(.serialized, .tags(.slow), .skippedWhenFast, .endsWithin(minutes: 10)) struct ParityTests {
  @Test(arguments: 0..<5) func `pixel values, hidden states and logits`(number: Int) throws {
    let golden = try GoldenCase(number)
    let context = Context(try Model(Plan(contentsOf: try ReferencePlan.path())), threads: 2)
    let layout = try context.model.layout(prompt: golden.prompt, images: 1)

    let picture = try context.model.prepareImage(at: golden.imagePath)
    let features = try context.encode(picture)
    #expect(context.model.inputIDs(layout, images: [features]) == golden.inputIDs)
    let pixels = context.model.pixelValues(picture).values
    #expect(largestDifference(golden.places.map { pixels[$0] }, golden.pixelValues) < 1e-4)

    let rows = try context.embed(layout, images: [features])
    var recorder = LastRows()
    let result = try context.prefill(rows, schedule: try context.model.schedule(.dense), observer: &recorder)
    #expect(largestDifference(recorder.states, golden.hiddenStates) < 2e-3)

    let logits = context.logits(of: result, rows: 0..<result.rows.count)
    let chosen = (0..<logits.rows).flatMap { row in golden.columns.map { logits[row, $0] } }
    #expect(largestDifference(chosen, golden.logits) < 2e-3)
    let sums = (0..<logits.rows).map { logits.softmax(row: $0) }
    #expect(largestDifference(sums, golden.logSumExp) < 2e-3)
  }

  @Test func `the same greedy tokens on every prompt of the test set`() throws {
    let data = try Data(contentsOf: ReferencePlan.golden.appendingPathComponent("greedy.json"))
    let golden = try JSONDecoder().decode([GreedyAnswer].self, from: data)
    let context = Context(try Model(Plan(contentsOf: try ReferencePlan.path())), threads: 2)
    let lines = try String(
      contentsOf: ReferencePlan.scenes.appendingPathComponent("test.jsonl"), encoding: .utf8
    )
    .split(separator: "\n")
    let questions = try lines.map { try JSONDecoder().decode(Question.self, from: Data($0.utf8)) }
    #expect(golden.count == questions.count && golden.count == 600)
    let dense = try context.model.schedule(.dense)
    var features: (image: String, tokens: ImageTokens)?
    for (question, expected) in zip(questions, golden) {
      #expect(question.id == expected.id)
      if features?.image != question.image {
        let path = ReferencePlan.scenes.appendingPathComponent(question.image).path
        features = (question.image, try context.encode(try context.model.prepareImage(at: path)))
      }
      let picture = try #require(features?.tokens)
      let rows = try context.embed(
        try context.model.layout(prompt: question.prompt, images: 1), images: [picture])
      let prefill = try context.prefill(rows, schedule: dense, PrefillRange(reserve: 64))
      #expect(try context.greedyTokens(after: prefill, limit: 64) == expected.tokens, "\(question.id)")
    }
  }

  @Test func `keep = 1, K = 100 %, R >= N and r = 1 equal dense`() throws {
    let golden = try GoldenCase(0)
    let context = Context(try Model(Plan(contentsOf: try ReferencePlan.path())), threads: 2)
    let layers = context.model.text.layers
    let features = try context.encode(try context.model.prepareImage(at: golden.imagePath))
    let prompt = try context.embed(
      try context.model.layout(prompt: golden.prompt, images: 1), images: [features])
    func logits(_ settings: PruningSettings) throws -> [Float] {
      let prefill = try context.prefill(
        prompt.copy(), schedule: try context.model.schedule(settings), PrefillRange(reserve: 4))
      return context.logits(of: prefill, rows: 0..<prefill.rows.count).elements
        + context.extend([5, 6, 7], at: prefill.nextPosition, cache: prefill.cache).elements
    }
    let dense = try logits(.dense)
    let all = Array(0..<layers)
    let identities: [(String, PruningSettings)] = [
      ("keep = 1", PruningSettings(tokenPruning: TokenPruning(rule: .sinkhorn, keepRatio: 1, layer: 1))),
      ("K = 100 %", PruningSettings(layerReduction: .init(feedForwardLayers: all, neuronShare: 1))),
      (
        "K = 100 %, leading",
        PruningSettings(layerReduction: .init(feedForwardLayers: all, neurons: .leading, neuronShare: 1))
      ),
      ("R >= N", PruningSettings(layerReduction: .init(attentionLayers: all, attentionWindow: 256))),
      ("r = 1", PruningSettings(cacheRetention: CacheRetention(rates: all.map { _ in 1 }))),
    ]
    for (name, settings) in identities {
      #expect(largestDifference(try logits(settings), dense) < 1e-5, "\(name)")
    }
  }

  private struct GreedyAnswer: Decodable {
    var id: String
    var tokens: [Int32]
  }

  private struct Question: Decodable {
    var id: String
    var image: String
    var prompt: String
  }

  /// The last eight rows at the input of every layer.
  private struct LastRows: Observer {
    var states: [Float] = []
    mutating func willRun(layer: Int, rows: TokenRows) {
      states += rows.hidden[rows: rows.count - 8..<rows.count].elements
    }
  }
}

/// One case of parity.h5.
private struct GoldenCase {
  let prompt: String
  let imagePath: String
  let inputIDs: [Int32]
  let columns: [Int]
  let places: [Int]
  let pixelValues: [Float]
  let hiddenStates: [Float]
  let logits: [Float]
  let logSumExp: [Float]

  init(_ number: Int) throws {
    let root = try File.open(ReferencePlan.golden.appendingPathComponent("parity.h5").path).root()
    let group = try root.group("\(number)")
    let attributes = try group.attributes()
    func text(_ name: String) throws -> String {
      let attribute = try #require(attributes.first { $0.name == name })
      return String(decoding: try attribute.bytes(limit: 4096).prefix { $0 != 0 }, as: UTF8.self)
    }
    prompt = try text("prompt")
    let image = try text("image")
    imagePath =
      image.hasPrefix("images/")
      ? ReferencePlan.scenes.appendingPathComponent(image).path
      : ReferencePlan.golden.appendingPathComponent(image).path
    inputIDs = try group.dataset("input_ids").read()
    columns = try root.dataset("columns").read(Int32.self).map(Int.init)
    places = try root.dataset("places").read(Int32.self).map(Int.init)
    pixelValues = try group.dataset("pixel_values").read()
    hiddenStates = try group.dataset("hidden_states").read()
    logits = try group.dataset("logits").read()
    logSumExp = try group.dataset("log_sum_exp").read()
  }
}
