import Compute
import Imaging
import Inference
import Models
import Plan
import PlanFile
import Testing
import TestSupport

/// Every family and configuration beside `transformers` in float32, on pictures of all shapes, one and two at a time.
@Suite(.endsWithin(minutes: 5)) struct FamilyTests {
  static let goldens = FamilyGolden.all()

  @Test func `there are at least three configurations of each family`() {
    let families = Dictionary(grouping: Self.goldens) { $0.name.split(separator: "/")[0] }
    #expect(families.count == 18 && families.values.allSatisfy { $0.count >= 3 })
  }

  @Test(arguments: goldens)
  func `ids, pixels, logits and greedy tokens are those of transformers`(golden: FamilyGolden) throws {
    let folder = try TemporaryFolder()
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    // Pictures that belong to one prompt are told so: "two-flat" is how a batch of prompts would read them.
    for test in golden.cases where test.case != "two-flat" {
      let run = try FamilyRun(context, golden, test)
      #expect(run.ids == test.input_ids, "\(test.case)")
      guard run.ids == test.input_ids else { continue }
      #expect(try run.largestPixelDifference(golden) < 1e-4, "\(test.case)")
      #expect(try run.largestLogitDifference(golden) < 2e-3, "\(test.case)")
      let tokens = try context.greedyTokens(after: run.prefill, limit: test.tokens.count)
      // The reference goes on beyond the context; a run here ends there.
      let room = context.model.text.contextLength - run.prefill.length
      #expect(tokens == Array(test.tokens.prefix(room)), "\(test.case)")
    }
  }
}

/// A dense run of one golden case.
final class FamilyRun {
  let ids: [Int32]
  let prefill: PrefillResult
  private let test: FamilyGolden.Case
  private let context: Context
  private let pixels: [(values: [Float], shape: [Int])]

  init(_ context: Context, _ golden: FamilyGolden, _ test: FamilyGolden.Case) throws {
    self.test = test
    self.context = context
    let pictures = try Self.pictures(context, golden, test)
    pixels = pictures.map { context.model.pixelValues($0) }
    let features = try pictures.map { try context.encode($0) }
    let layout = try context.model.layout(prompt: test.prompt, images: features.count)
    ids = context.model.inputIDs(layout, images: features)
    let prompt = try context.embed(layout, images: features)
    prefill = try context.prefill(
      prompt, schedule: try context.model.schedule(.dense), PrefillRange(reserve: test.tokens.count + 1))
  }

  /// The embedded prompt of a case.
  static func prompt(
    _ context: Context, _ golden: FamilyGolden, _ test: FamilyGolden.Case
  ) throws -> PromptRows {
    let features = try pictures(context, golden, test).map { try context.encode($0) }
    return try context.embed(
      try context.model.layout(prompt: test.prompt, images: features.count), images: features)
  }

  private static func pictures(
    _ context: Context, _ golden: FamilyGolden, _ test: FamilyGolden.Case
  ) throws -> [PreparedImage] {
    try test.images.map {
      try context.model.prepareImage(at: golden.picture($0), among: test.images.count)
    }
  }

  func largestPixelDifference(_ golden: FamilyGolden) throws -> Float {
    let places: [Int32] = try golden.values("places", of: test)
    let expected: [Float] = try golden.values("pixel_values", of: test)
    return zip(places, expected).map { abs(pixel(Int($0)) - $1) }.max() ?? .infinity
  }

  /// A value by its place in the processor's array, where pictures with fewer tiles or patches than others are padded with zeros.
  private func pixel(_ place: Int) -> Float {
    let shape = test.pixel_shape
    guard [3, 5].contains(shape.count), shape[0] == pixels.count else {
      let all = pixels.flatMap(\.values)
      return place < all.count ? all[place] : .infinity
    }
    let (picture, rest) = place.quotientAndRemainder(dividingBy: shape.dropFirst().reduce(1, *))
    return rest < pixels[picture].values.count ? pixels[picture].values[rest] : 0
  }

  func largestLogitDifference(_ golden: FamilyGolden) throws -> Float {
    let logits = context.logits(of: prefill, rows: 0..<prefill.rows.count)
    let expected: [Float] = try golden.values("logits", of: test)
    let sums: [Float] = try golden.values("log_sum_exp", of: test)
    guard expected.count == logits.rows * golden.columns.count else { return .infinity }
    let zeros = MatrixView(rows: 1, columns: logits.columns)
    var largest: Float = 0
    for row in 0..<logits.rows {
      largest = max(largest, abs(logits.logSumExp(row: row, plus: zeros) - sums[row]))
      for (index, column) in golden.columns.enumerated() {
        largest = max(largest, abs(logits[row, column] - expected[row * golden.columns.count + index]))
      }
    }
    return largest
  }
}

/// The three methods on the first configuration of each family, one and two pictures.
@Suite(.endsWithin(minutes: 5)) struct FamilyPruningTests {
  static let first = FamilyGolden.firstOfEachFamily()

  @Test(arguments: first)
  func `settings that remove nothing change nothing`(golden: FamilyGolden) throws {
    let folder = try TemporaryFolder()
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    let layers = context.model.text.layers
    for test in golden.cases where test.nested && ["wide", "two"].contains(test.case) {
      let prompt = try FamilyRun.prompt(context, golden, test)
      let dense = try logits(context, prompt, PruningSettings())
      for rule in ImportanceRule.allCases {
        var keepAll = PruningSettings()
        let first = context.model.text.attentionLayer(from: 0)
        for layer in rule == .fastV ? [first] : [TokenPruning.promptPlace, 0] {
          keepAll.tokenPruning = TokenPruning(rule: rule, keepRatio: 1, layer: layer)
          #expect(
            largestDifference(try logits(context, prompt, keepAll), dense) < 1e-5, "\(rule) \(test.case)")
        }
      }
      var whole = PruningSettings()
      whole.layerReduction = LayerReduction(
        feedForwardLayers: Array(0..<layers), attentionLayers: context.model.text.attentionLayers,
        neuronShare: 1,
        attentionWindow: prompt.rows.count)
      whole.cacheRetention = CacheRetention(rates: Array(repeating: 1, count: layers))
      whole.horizon = Horizon(layer: layers - 1)
      #expect(largestDifference(try logits(context, prompt, whole), dense) < 1e-5, "\(test.case)")
    }
  }

  @Test(arguments: first)
  func `each picture keeps its share of tokens and of entries, and positions stay`(
    golden: FamilyGolden
  ) throws {
    let folder = try TemporaryFolder()
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    let test = try #require(golden.cases.first { $0.nested && $0.case == "two" })
    let prompt = try FamilyRun.prompt(context, golden, test)
    var settings = PruningSettings()
    settings.tokenPruning = TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 0)
    settings.cacheRetention = CacheRetention(rates: context.model.text.retentionRates(0.5))
    let result = try context.prefill(
      prompt.copy(), schedule: try context.model.schedule(settings), PrefillRange(reserve: 4))
    let kept = result.rows.visualIndices.filter { $0 >= 0 }.map(Int.init)
    for grid in prompt.grids {
      #expect(kept.count { grid.tokens.contains($0) } == grid.count / 2)
    }
    for row in 0..<result.rows.count where result.rows.visualIndices[row] >= 0 {
      let before = try #require(prompt.rows.visualIndices.firstIndex(of: result.rows.visualIndices[row]))
      #expect(result.rows.positions[row] == prompt.rows.positions[before])
    }
    let images = prompt.imageStarts.count
    #expect(images == 2 && result.nextPosition == prompt.rows.nextPosition)
    let first = kept.count { $0 < prompt.imageStarts[1] }
    let share = Int((Double(first) / 2).rounded()) + Int((Double(kept.count - first) / 2).rounded())
    #expect(result.cache.keysAndValues.last?.visualCount == share)
    #expect(try context.greedyTokens(after: result, limit: 3).count > 0)
  }

  @Test(arguments: first)
  func `tokens that are read at once give what they give one by one`(golden: FamilyGolden) throws {
    let folder = try TemporaryFolder()
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    let test = try #require(golden.cases.first { $0.nested && $0.case == "wide" })
    let prompt = try FamilyRun.prompt(context, golden, test)
    let tokens = (0..<24).map { Int32(3 + 7 * $0 % 200) }
    // Heads keep other entries, with gaps in other places.
    for rate in [1, 0.4] {
      let settings = PruningSettings(
        cacheRetention: CacheRetention(rates: context.model.text.retentionRates(rate)))
      var state = context.startDecoding(
        try context.prefill(
          prompt.copy(), schedule: try context.model.schedule(settings), PrefillRange(reserve: 32)))
      let atOnce = context.extend(tokens, at: state.position, cache: state.cache)
      for (row, token) in tokens.enumerated() {
        context.decode(token, &state)
        #expect(largestDifference(atOnce.row(row), state.logits.elements) < 2e-3, "\(rate) \(row)")
      }
    }
  }

  @Test func `an answer that is fed behind a prompt sees what it sees when it is decoded`() throws {
    for name in ["paligemma/capped", "gemma4/shared", "mistral3/scaled"] {
      let golden = try FamilyGolden(name)
      let folder = try TemporaryFolder()
      let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
      let test = try #require(golden.cases.first { $0.case == "two" })
      let prompt = try FamilyRun.prompt(context, golden, test)
      let answer = Array(test.tokens.prefix(12))
      let dense = try context.model.schedule(.dense)
      let fed = try context.prefill(context.append(answer, to: prompt), schedule: dense)
      let logits = context.logits(of: fed, rows: fed.rows.count - answer.count..<fed.rows.count)
      var state = context.startDecoding(
        try context.prefill(prompt.copy(), schedule: dense, PrefillRange(reserve: 16)))
      for (row, token) in answer.enumerated() {
        context.decode(token, &state)
        #expect(largestDifference(logits.row(row), state.logits.elements) < 1e-3, "\(name) \(row)")
      }
    }
  }

  @Test func `layers that keep nothing run on the last row alone, to the same answer`() throws {
    let golden = try FamilyGolden("gemma4/shared")
    let folder = try TemporaryFolder()
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    let test = try #require(golden.cases.first { $0.case == "two" })
    let prompt = try FamilyRun.prompt(context, golden, test)
    let pruned = PruningSettings(
      tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 0),
      cacheRetention: CacheRetention(rates: context.model.text.retentionRates(0.4)))
    for settings in [PruningSettings(), pruned] {
      let schedule = try context.model.schedule(settings)
      func answer(_ range: PrefillRange) throws -> (values: [Float], counts: PruningCounts) {
        let result = try context.prefill(prompt.copy(), schedule: schedule, range)
        var counts = result.counts
        counts.selectionSeconds = 0
        var state = context.startDecoding(result)
        var values = state.logits.elements
        for token in [5, 7, 9] as [Int32] {
          context.decode(token, &state)
          values += state.logits.elements
        }
        return (values, counts)
      }
      let (whole, last) = (try answer(PrefillRange(reserve: 8)), try answer(.answering(reserve: 8)))
      #expect(largestDifference(whole.values, last.values) < 1e-5)
      #expect(whole.counts == last.counts)
    }
  }

  private func logits(_ context: Context, _ prompt: PromptRows, _ settings: PruningSettings) throws -> [Float]
  {
    let result = try context.prefill(
      prompt.copy(), schedule: try context.model.schedule(settings), PrefillRange(reserve: 4))
    var state = context.startDecoding(result.copy(reserve: 64))
    var values = state.logits.elements
    for token in [5, 7, 9] as [Int32] {
      context.decode(token, &state)
      values += state.logits.elements
    }
    return values
  }
}
