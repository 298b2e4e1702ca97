import Compute
import Foundation
import Inference
import Models
import Plan
import PlanFile
import Testing
import TestSupport
import Tokenization

/// Questions about the same pictures, one after the other.
@Suite(.endsWithin(minutes: 2)) struct DialogueTests {
  private let folder: TemporaryFolder
  private let context: Context
  private let images: [ImageTokens]

  init() throws {
    folder = try TemporaryFolder()
    context = try TinyContext.open(in: folder)
    let path = try folder.write(TinyPicture.png(seed: 1), to: "a.png")
    images = [try context.encode(try context.model.prepareImage(at: path))]
  }

  static let settings: [PruningSettings] = [
    .dense,
    PruningSettings(tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 1)),
    PruningSettings(cacheRetention: CacheRetention(rates: [1, 0.5, 0.25, 0], ranking: .lastRow)),
    PruningSettings(
      cacheRetention: CacheRetention(rates: [0.5, 0.5, 0.5, 0.5], ranking: .window, evenShare: 0.5)),
    PruningSettings(cacheRetention: CacheRetention(mode: .dynamic, rates: [], ranking: .lastRow)),
    PruningSettings(
      tokenPruning: TokenPruning(rule: .sinkhorn, keepRatio: 0.5, layer: 0, recoveryStride: 4),
      layerReduction: LayerReduction(feedForwardLayers: [0, 2], attentionLayers: [1], attentionWindow: 3),
      cacheRetention: CacheRetention(rates: [0.5, 0.5, 0.25, 0.25], ranking: .even)),
    PruningSettings(tokenPruning: TokenPruning(rule: .fastV, keepRatio: 0.5, layer: 1)),
  ]

  /// A picture, then words that are longer than the window of watched rows.
  private func layout(_ words: String) -> PromptLayout {
    PromptLayout(parts: [.token(7), .image(0)] + words.utf8.map { .token(Int32($0)) })
  }

  private let first = "is the left digit a seven?"
  /// Tokens of the prompt that asks `first`.
  private var openingCount: Int { 17 + first.utf8.count }
  private let second = "is the left digit a seven? yes. And what is the right one, the one in red?"

  @Test(arguments: settings)
  func `what is kept answers the next question as reading all of it again does`(
    settings: PruningSettings
  ) throws {
    let schedule = try context.model.schedule(settings)
    var keeping = PromptReader(context, images: images, schedule: schedule, policy: .keep)
    var again = PromptReader(context, images: images, schedule: schedule, policy: .reencode)
    for words in [first, second, "something else altogether, asked of the same picture"] {
      let kept = try keeping.read(layout(words), reserve: 8)
      let whole = try again.read(layout(words), reserve: 8)
      #expect(whole.known == 0 && whole.heldBytes == 0)
      #expect(kept.prefill.cache.layers.map(\.count) == whole.prefill.cache.layers.map(\.count))
      #expect(kept.prefill.cache.layers.map(\.visualCount) == whole.prefill.cache.layers.map(\.visualCount))
      #expect(kept.prefill.nextPosition == whole.prefill.nextPosition)
      #expect(kept.prefill.counts.visualKept == whole.prefill.counts.visualKept)
      #expect(largestDifference(logits(kept), logits(whole)) < 1e-4)
      // Decoding reads the chosen entries: they are the same ones.
      #expect(largestDifference(logits(kept, after: [65, 66]), logits(whole, after: [65, 66])) < 1e-4)
    }
  }

  @Test func `only what is new is read, if the choice of tokens does not depend on it`() throws {
    for settings in Self.settings {
      var reader = PromptReader(
        context, images: images, schedule: try context.model.schedule(settings), policy: .keep)
      #expect(try reader.read(layout(first), reserve: 1).known == 0)
      let reading = try reader.read(layout(second), reserve: 1)
      #expect(reading.count == 17 + second.utf8.count && reading.visual == 16)
      #expect(reading.known == (settings.tokenPruning?.rule == .fastV ? 0 : openingCount))
      #expect((reading.heldBytes > 0) == (settings.cacheRetention != nil))
    }
  }

  @Test func `accepting, the next question has only what the first one left`() throws {
    let settings = PruningSettings(
      cacheRetention: CacheRetention(rates: [0.5, 0.5, 0.25, 0.25], ranking: .lastRow))
    let schedule = try context.model.schedule(settings)
    var accepting = PromptReader(context, images: images, schedule: schedule, policy: .accept)
    let one = try accepting.read(layout(first), reserve: 64)
    var state = context.startDecoding(one.prefill.copy(reserve: 64))
    let two = try accepting.read(layout(second), reserve: 8)
    #expect(two.known == openingCount && two.heldBytes == 0)
    #expect(two.prefill.cache.layers.map(\.visualCount) == [8, 8, 4, 4])
    // The same text fed token by token behind the first prompt.
    for byte in second.utf8.dropFirst(first.utf8.count) { context.decode(Int32(byte), &state) }
    #expect(largestDifference(logits(two), state.logits.elements) < 1e-4)
  }

  @Test func `an answer that was decoded is not read again where nothing was freed`() throws {
    var reader = PromptReader(
      context, images: images, schedule: try context.model.schedule(.dense), policy: .keep)
    let opening = try reader.read(layout(first), reserve: 8)
    var state = context.startDecoding(opening.takePrefill())
    let said = Array(" yes. An".utf8)
    for byte in said { context.decode(Int32(byte), &state) }
    reader.didDecode(said.map(Int32.init))
    let reading = try reader.read(layout(second), reserve: 8)
    #expect(reading.known == openingCount + said.count)
    var fresh = PromptReader(
      context, images: images, schedule: try context.model.schedule(.dense), policy: .reencode)
    let whole = try fresh.read(layout(second), reserve: 8)
    #expect(
      largestDifference(logits(reading), logits(whole)) < 1e-4)
  }

  @Test func `a copy of a reader goes another way, and neither disturbs the other`() throws {
    for settings in Self.settings where settings.tokenPruning?.rule != .fastV {
      let schedule = try context.model.schedule(settings)
      var reader = PromptReader(context, images: images, schedule: schedule, policy: .keep)
      _ = try reader.read(layout(first), reserve: 4)
      let other = first + " not"
      let overlap = reader.overlap(with: layout(other))
      #expect(overlap.known > 1 && overlap.lost < first.utf8.count)
      var copy = reader.copy(forgetting: 0)
      let one = try logits(copy.read(layout(other), reserve: 4), after: [65, 66])
      let two = try logits(reader.read(layout(second), reserve: 4), after: [65, 66])
      for (words, values) in [(other, one), (second, two)] {
        var fresh = PromptReader(context, images: images, schedule: schedule, policy: .keep)
        #expect(
          largestDifference(values, try logits(fresh.read(layout(words), reserve: 4), after: [65, 66])) < 1e-4
        )
      }
    }
  }

  @Test(arguments: WeightFormat.allCases)
  func `reading behind what is known gives the bits of reading all`(format: WeightFormat) throws {
    let context = Context(try Model(Plan(contentsOf: try ReferencePlan.plan(format, in: folder))), threads: 2)
    let picture = try context.encode(
      try context.model.prepareImage(
        at: ReferencePlan.scenes.appendingPathComponent("images/calibration-010.jpg").path))
    // Products of one row add up in another order.
    let tolerance: Float = format == .float32 ? 1e-4 : 0
    for settings in [
      PruningSettings.dense,
      PruningSettings(
        tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.4, layer: 1),
        cacheRetention: CacheRetention(
          rates: Array(repeating: 0.4, count: context.model.text.layers), ranking: .window)),
    ] {
      let schedule = try context.model.schedule(settings)
      var keeping = PromptReader(context, images: [picture], schedule: schedule, policy: .keep)
      for words in [
        "Describe the image.", "Which digits are there?", "Which digits are red, and which are blue?",
      ] {
        var fresh = PromptReader(context, images: [picture], schedule: schedule, policy: .keep)
        let layout = try context.model.layout(prompt: words, images: 1)
        let kept = try keeping.read(layout, reserve: 4)
        let whole = try fresh.read(layout, reserve: 4)
        #expect(largestDifference(logits(kept, context), logits(whole, context)) <= tolerance)
        #expect(
          largestDifference(logits(kept, after: [65, 66], context), logits(whole, after: [65, 66], context))
            <= tolerance)
      }
    }
  }

  /// Whole pictures, and such that some tokens stand for others.
  static let views = [
    PictureSettings.dense,
    PictureSettings(contrastSelection: ContrastSelection(threshold: 1.1, margin: 0, spacing: 2)),
  ]

  @Test(arguments: FamilyGolden.firstOfEachFamily(), views)
  func `every family goes on behind its pictures`(golden: FamilyGolden, view: PictureSettings) throws {
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    guard PruningSettings(picture: view).problem(for: context.model.description) == nil else { return }
    let images = try ["square.png", "wide.png"].map {
      let picture = try context.model.prepareImage(at: golden.picture($0), among: 2, at: view)
      return try context.encode(picture, at: view)
    }
    let settings = PruningSettings(
      tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 0),
      cacheRetention: CacheRetention(rates: context.model.text.retentionRates(0.5), ranking: .lastRow))
    let schedule = try context.model.schedule(settings)
    var keeping = PromptReader(context, images: images, schedule: schedule, policy: .keep)
    var again = PromptReader(context, images: images, schedule: schedule, policy: .reencode)
    for words: [Int32] in [[4, 5, 6], [4, 5, 6, 7, 8, 9, 10]] {
      let layout = PromptLayout(
        parts: [.token(3), .image(0), .token(2), .image(1)] + words.map { .token($0) })
      let kept = try keeping.read(layout, reserve: 4)
      let whole = try again.read(layout, reserve: 4)
      #expect(kept.prefill.nextPosition == whole.prefill.nextPosition)
      #expect(
        largestDifference(logits(kept, after: [5], context), logits(whole, after: [5], context)) < 1e-3)
    }
  }

  @Test(arguments: ["lfm2_vl/cut", "qwen3_5/three-and-one"])
  func `a layer without entries goes back to the end of the pictures, or of the last prompt`(
    name: String
  ) throws {
    let golden = try FamilyGolden(name)
    let context = Context(try Model(Plan(contentsOf: try golden.plan(in: folder))), threads: 1)
    let picture = try context.encode(try context.model.prepareImage(at: golden.picture("wide.png")))
    let schedule = try context.model.schedule(PruningSettings(horizon: Horizon(layer: 1)))
    var reader = PromptReader(context, images: [picture], schedule: schedule, policy: .keep)
    func layout(_ words: [Int32]) -> PromptLayout {
      PromptLayout(parts: [.token(3), .image(0)] + words.map { .token($0) })
    }
    // Words, what is decoded behind them, and how many tokens have to be read again.
    let questions: [([Int32], [Int32], Int?)] = [
      ([4, 5, 6], [9, 10], nil), ([4, 5, 7, 8], [11, 12], 4), ([4, 5, 7, 8, 11, 12, 13], [14], 1),
      ([4, 5, 7, 8, 11, 12, 13, 15, 16], [17], 2), ([20, 21], [], 2),
    ]
    for (words, answer, read) in questions {
      var fresh = PromptReader(context, images: [picture], schedule: schedule, policy: .keep)
      let whole = try fresh.read(layout(words), reserve: 8)
      let reading = try reader.read(layout(words), reserve: 8)
      #expect(reading.known == (read.map { reading.count - $0 } ?? 0), "\(words)")
      #expect(
        largestDifference(
          logits(reading, after: answer, context), logits(whole, after: answer, context)) < 1e-4)
      // The same tokens on the reader's own cache.
      var state = context.startDecoding(reading.takePrefill())
      for token in answer { context.decode(token, &state) }
      reader.didDecode(answer)
    }
  }

  @Test func `a dialogue answers each question as if it had been asked with all before it`() throws {
    let picture = folder.file("a.png")
    let other = try folder.write(TinyPicture.png(seed: 2), to: "b.png")
    let dialogue = try Dialogue(
      context, point: OperatingPoint(name: "p", settings: Self.settings[2]), policy: .keep)
    for (path, prompt) in [(picture, "why is that"), (picture, "and where"), (other, "and where")] {
      var question = Question(images: [.file(path)], prompt: prompt)
      question.options.maxTokens = 6
      let answer = try dialogue.answer(question)
      let alone = try context.answer(question, point: OperatingPoint(name: "p", settings: Self.settings[2]))
      #expect(answer.tokens == alone.tokens && answer.counts.entriesByLayer == alone.counts.entriesByLayer)
      #expect((answer.knownTokens > 0) == (prompt == "and where" && path == picture))
    }
  }

  @Test func `a prompt that is too long leaves the dialogue as it was`() throws {
    var reader = PromptReader(
      context, images: images, schedule: try context.model.schedule(.dense), policy: .keep)
    _ = try reader.read(layout(first), reserve: 1)
    let limit = context.model.text.contextLength
    #expect(throws: InferenceError.self) {
      _ = try reader.read(layout(String(repeating: "x", count: limit)), reserve: 1)
    }
    #expect(try reader.read(layout(second), reserve: 1).known == openingCount)
  }

  private func logits(
    _ reading: borrowing PromptReader.Reading, after tokens: [Int32] = [], _ other: Context? = nil
  ) -> [Float] {
    let context = other ?? context
    var state = context.startDecoding(reading.prefill.copy(reserve: 64))
    for token in tokens { context.decode(token, &state) }
    return state.logits.elements
  }
}
