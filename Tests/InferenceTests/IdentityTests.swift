import Compute
import Inference
import Models
import Plan
import Testing
import TestSupport

/// A method set to remove nothing is the dense run.
@Suite(.endsWithin(minutes: 1)) struct IdentityTests {
  private static let layers = TinyModel.description.text.layers
  private static let all = Array(0..<layers)

  static let identities: [(String, PruningSettings)] =
    ImportanceRule.allCases.map {
      (
        "keep = 1, \($0.rawValue)",
        PruningSettings(tokenPruning: TokenPruning(rule: $0, keepRatio: 1, layer: 1))
      )
    }
    + CacheRetention.EntryRanking.allCases.filter { $0 != .answerProfile }.map {
      ("r = 1, \($0.rawValue)", PruningSettings(cacheRetention: retention($0)))
    } + [
      (
        "every dropped token recovered",
        PruningSettings(
          tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.25, layer: 1, recoveryStride: 1))
      ),
      (
        "K = 100 %",
        PruningSettings(layerReduction: LayerReduction(feedForwardLayers: all, neuronShare: 1))
      ),
      (
        "R >= N", PruningSettings(layerReduction: LayerReduction(attentionLayers: all, attentionWindow: 32))
      ),
      ("dynamic r = 1", PruningSettings(cacheRetention: dynamic)),
      (
        "all four",
        PruningSettings(
          tokenPruning: TokenPruning(rule: .sinkhorn, keepRatio: 1, layer: 0),
          layerReduction: LayerReduction(
            feedForwardLayers: all, attentionLayers: all, neuronShare: 1, attentionWindow: 1000),
          cacheRetention: retention(.window))
      ),
    ]

  @Test(arguments: identities.indices, [1, 2]) func `equals dense`(index: Int, images: Int) throws {
    let (name, settings) = Self.identities[index]
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context, images: images)
    let dense = try context.run(prompt)
    let other = try context.run(prompt, settings)
    #expect(largestDifference(context.allLogits(dense), context.allLogits(other)) < 1e-5, "\(name)")
    let answer: [Int32] = [5, 9, 30]
    let difference = largestDifference(
      context.decoded(answer, after: dense), context.decoded(answer, after: other))
    #expect(difference < 1e-5, "\(name)")
    #expect(other.cache.bytes == dense.cache.bytes && other.counts.visualKept == images * 16, "\(name)")
  }

  /// What would make the identities pass for nothing: settings that are not applied.
  @Test func `the same settings with less of everything differ from dense`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context)
    let dense = context.logits(of: try context.run(prompt), rows: 23..<24).elements
    for settings in [
      PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.25, layer: 1)),
      PruningSettings(layerReduction: LayerReduction(feedForwardLayers: Self.all, neuronShare: 0.2)),
      PruningSettings(layerReduction: LayerReduction(attentionLayers: Self.all, attentionWindow: 2)),
    ] {
      let result = try context.run(prompt, settings)
      let last = result.rows.count - 1
      let logits = context.logits(of: result, rows: last..<last + 1).elements
      #expect(largestDifference(logits, dense) > 1e-3, "\(settings)")
    }
  }

  @Test func `a prompt without images is dense under any settings`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context, images: 0)
    let dense = try context.run(prompt)
    let pruned = try context.run(
      prompt,
      PruningSettings(
        tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.1, layer: 1),
        layerReduction: LayerReduction(
          feedForwardLayers: Self.all, attentionLayers: Self.all, attentionWindow: 1),
        cacheRetention: CacheRetention(rates: Array(repeating: 0, count: Self.layers))))
    #expect(largestDifference(context.allLogits(dense), context.allLogits(pruned)) < 1e-5)
    #expect(pruned.cache.bytes == dense.cache.bytes)
  }

  private static func retention(_ ranking: CacheRetention.EntryRanking) -> CacheRetention {
    CacheRetention(rates: Array(repeating: 1, count: layers), ranking: ranking)
  }

  private static var dynamic: CacheRetention {
    var retention = CacheRetention(mode: .dynamic, rates: [])
    retention.thresholds.rate = 1
    retention.thresholds.step = 0
    return retention
  }
}
