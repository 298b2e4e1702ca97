import Compute
import Inference
import Models
import Plan
import Testing
import TestSupport

/// What a prompt may be, and what a schedule may ask for.
@Suite(.endsWithin(minutes: 1)) struct PromptTests {
  private let width = TinyModel.description.text.width
  private let grid = PatchGrid(rows: 4, columns: 4)

  @Test func `images stand where the layout says, and positions count from 0`() throws {
    let context = try TinyModel.context()
    let images = [1, 2].map { ImageTokens(grid: grid, randomMatrix(16, width, seed: $0)) }
    let layout = PromptLayout(parts: [.token(4), .image(1), .token(5), .image(0), .token(6)])
    let prompt = try context.embed(layout, images: images)
    #expect(prompt.rows.count == 35)
    #expect(prompt.rows.positions == (0..<35).map { RotaryPosition($0) })
    #expect(prompt.rows.visualRuns == [1..<17, 18..<34])
    #expect(prompt.rows.visualIndices[1..<17] == (0..<16).map(Int32.init)[...])
    #expect(Array(prompt.rows.visualIndices[18..<34]) == (16..<32).map(Int32.init))
    #expect(prompt.rows.hidden[rows: 1..<17].elements == images[1].features[0].elements)
    #expect(prompt.rows.hidden[rows: 18..<34].elements == images[0].features[0].elements)
    #expect(
      prompt.grids == [
        ImageGrid(firstVisual: 0, rows: 4, columns: 4), ImageGrid(firstVisual: 16, rows: 4, columns: 4),
      ])
  }

  @Test(
    arguments: [
      (["t1"], 1, "prompt: has 0 image places for 1 images"),
      (["t1", "i", "i"], 1, "prompt: has 2 image places for 1 images"), ([], 0, "prompt: is empty"),
      (["t50"], 0, "prompt: token 50 is not in the vocabulary"),
      (["t-1"], 0, "prompt: token -1 is not in the vocabulary"),
    ] as [([String], Int, String)])
  func `bad prompts are refused by name and reason`(parts: [String], images: Int, message: String) throws {
    let context = try TinyModel.context()
    let layout = PromptLayout(
      parts: parts.map { $0 == "i" ? .image(0) : .token(Int32($0.dropFirst()) ?? 0) })
    let error = #expect(throws: InferenceError.self) {
      let images = (0..<images).map { _ in ImageTokens(grid: grid, randomMatrix(16, width, seed: 1)) }
      return try context.embed(layout, images: images)
    }
    #expect(error?.description == message)
  }

  @Test func `a prompt may be as long as the context, not longer`() throws {
    let context = try TinyModel.context()
    let longest = PromptLayout(parts: Array(repeating: .token(1), count: 256))
    #expect(try context.embed(longest, images: []).rows.count == 256)
    let error = #expect(throws: InferenceError.self) {
      try context.embed(PromptLayout(parts: longest.parts + [.token(1)]), images: [])
    }
    #expect(error?.description == "prompt: has 257 tokens; the model takes 256")
  }

  @Test func `features of another model are refused`() throws {
    let error = #expect(throws: InferenceError.self) {
      try TinyModel.context().embed(
        PromptLayout(parts: [.image(0)]), images: [ImageTokens(grid: grid, randomMatrix(16, 5, seed: 1))])
    }
    #expect(error?.description == "image 0: has features of width 5")
  }
}

@Suite(.endsWithin(minutes: 1)) struct ScheduleTests {
  @Test(
    arguments: [
      (
        PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 4)),
        "token_pruning_prune_layer is 4, expected -1 to 3"
      ),
      (
        PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: -2)),
        "token_pruning_prune_layer is -2, expected -1 to 3"
      ),
      (
        PruningSettings(tokenPruning: TokenPruning(rule: .fastV, keepRatio: 0.5, layer: -1)),
        "token_pruning_rule fastv reads the attention of a layer, but token_pruning_prune_layer is -1"
      ),
      (
        PruningSettings(horizon: Horizon(layer: 4)), "horizon_layer is 4, expected 0 to 3"
      ),
      (
        PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 0, layer: 1)),
        "token_pruning_keep_ratio is 0.0, expected above 0.0, at most 1.0"
      ),
      (
        PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 1.5, layer: 1)),
        "token_pruning_keep_ratio is 1.5, expected above 0.0, at most 1.0"
      ),
      (
        PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: .nan, layer: 1)),
        "token_pruning_keep_ratio is nan, expected above 0.0, at most 1.0"
      ),
      (
        PruningSettings(layerReduction: LayerReduction(feedForwardLayers: [0, 9])),
        "layer_reduction_ffn_layers is 9, expected 0 to 3"
      ),
      (
        PruningSettings(layerReduction: LayerReduction(attentionLayers: [-3])),
        "layer_reduction_attention_layers is -3, expected 0 to 3"
      ),
      (
        PruningSettings(cacheRetention: CacheRetention(rates: [0.5, 0.5])),
        "cache_retention_rates has 2 rates for 4 layers"
      ),
      (
        PruningSettings(
          cacheRetention: CacheRetention(rates: [1, 1, 1, 1], ranking: .answerProfile)),
        "ranks by answer_profile, but /calibration/cache_retention/answer_attention is missing"
      ),
    ] as [(PruningSettings, String)])
  func `settings that do not fit the model are refused by name and reason`(
    settings: PruningSettings, message: String
  ) {
    let error = #expect(throws: InferenceError.self) {
      try Schedule(settings, for: TinyModel.description)
    }
    #expect(error?.description == "settings: \(message)")
  }

  @Test func `dense is the schedule with nothing set`() throws {
    let schedule = try Schedule(.dense, for: TinyModel.description)
    #expect(schedule.layers == Array(repeating: .dense, count: 4))
    #expect(
      schedule.settings.tokenPruning == nil && schedule.settings.cacheRetention == nil
        && schedule.answerAttention.isEmpty)
  }

  @Test func `only the listed layers are reduced`() throws {
    let reduction = LayerReduction(
      feedForwardLayers: [2], attentionLayers: [0, 2], neuronShare: 0.3, probeShare: 0.4, attentionWindow: 7)
    let schedule = try Schedule(PruningSettings(layerReduction: reduction), for: TinyModel.description)
    #expect(schedule.layers.map(\.attentionWindow) == [7, nil, 7, nil])
    let probe = NeuronReduction.probed(NeuronProbe(neuronShare: 0.3, probeShare: 0.4))
    #expect(schedule.layers.map(\.neurons) == [nil, nil, probe, nil])
  }

  @Test func `dynamic retention needs no rates`() throws {
    let retention = CacheRetention(mode: .dynamic, rates: [])
    let schedule = try Schedule(PruningSettings(cacheRetention: retention), for: TinyModel.description)
    #expect(schedule.settings.cacheRetention == retention)
  }
}
