import Models
import Plan
import Testing
import TestSupport

@testable import Compute
@testable import Inference

/// Retention in a whole run.
@Suite(.endsWithin(minutes: 1)) struct RetentionTests {
  private static let rates = [0, 0.25, 0.5, 1]

  @Test func `prefill's own output is untouched: the first answer token is dense's`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context, images: 2)
    let dense = context.allLogits(try context.run(prompt))
    for ranking: CacheRetention.EntryRanking in [.lastRow, .window, .even, .random] {
      let settings = PruningSettings(
        cacheRetention: CacheRetention(rates: Array(repeating: 0.1, count: 4), ranking: ranking))
      let retained = try context.run(prompt, settings)
      #expect(context.allLogits(retained) == dense)
      #expect(
        largestDifference(
          context.decoded([5], after: retained), context.decoded([5], after: try context.run(prompt))) > 1e-4)
    }
  }

  @Test(arguments: [1, 2]) func `cache bytes shrink by the freed entries, layer by layer`(images: Int) throws
  {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context, images: images)
    let retained = try context.run(prompt, PruningSettings(cacheRetention: CacheRetention(rates: Self.rates)))
    let visual = Self.rates.map { Int(($0 * Double(16 * images)).rounded()) }
    #expect(retained.cache.layers.map(\.visualCount) == visual)
    #expect(retained.cache.layers.map(\.count) == visual.map { $0 + 8 })
    #expect(retained.cache.layers.map(\.bytes) == visual.map { ($0 + 8) * 2 * 2 * 8 * 4 })
    #expect(retained.cache.visualEntries == visual.reduce(0, +))
    #expect(retained.counts.visualKept == 16 * images)
  }

  @Test func `token pruning first: retention counts the tokens that a layer still holds`() throws {
    let context = try TinyModel.context()
    let settings = PruningSettings(
      tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 1),
      cacheRetention: CacheRetention(rates: Array(repeating: 0.5, count: 4)))
    let result = try context.run(try TinyModel.prompt(context), settings)
    #expect(result.cache.layers.map(\.visualCount) == [8, 8, 4, 4])
  }

  @Test func `decoding reads a dense cache without the removed entries`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context)
    let retention = CacheRetention(rates: Self.rates)
    let retained = try context.run(prompt, PruningSettings(cacheRetention: retention))

    var recorder = Recorder(watchedRows: 1)
    let byHand = try context.prefill(
      prompt.copy(), schedule: Schedule(layers: 4), PrefillRange(reserve: 8), observer: &recorder)
    let selector = EntrySelector(retention, layers: 4, queryHeads: 4, keyValueHeads: 2)
    for layer in 0..<4 {
      let kept = selector.keep(
        layer: layer, rate: Self.rates[layer], attention: recorder.attention[layer],
        visualIndices: prompt.rows.visualIndices)
      byHand.cache.keysAndValues[layer].retain(kept, visual: kept[0].count - 8, reserve: 8)
    }
    let answer: [Int32] = [5, 9, 30, 2]
    #expect(context.decoded(answer, after: retained) == context.decoded(answer, after: byHand))
  }

  @Test func `a removed entry is not read: KV heads keep sets of their own`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context)
    let retention = CacheRetention(rates: Array(repeating: 0.3, count: 4))
    let retained = try context.run(prompt, PruningSettings(cacheRetention: retention))

    // The same by hand, with NaN where a head's removed keys and values are.
    var recorder = Recorder(watchedRows: 1)
    let poisoned = try context.prefill(
      prompt.copy(), schedule: Schedule(layers: 4), PrefillRange(reserve: 8), observer: &recorder)
    let selector = EntrySelector(retention, layers: 4, queryHeads: 4, keyValueHeads: 2)
    let sets = (0..<4).map { layer in
      selector.keep(
        layer: layer, rate: 0.3, attention: recorder.attention[layer],
        visualIndices: prompt.rows.visualIndices)
    }
    #expect(sets.contains { $0[0] != $0[1] })
    for (layer, kept) in zip(poisoned.cache.keysAndValues, sets) { layer.poison(besides: kept) }
    #expect(context.decoded([5], after: poisoned).contains { $0.isNaN }, "poison shows where it is read")
    for (layer, kept) in zip(poisoned.cache.keysAndValues, sets) {
      layer.retain(kept, visual: kept[0].count - 8, reserve: 8)
    }
    let answer: [Int32] = [5, 9, 30, 2]
    let logits = context.decoded(answer, after: retained)
    #expect(logits.allSatisfy { $0.isFinite })
    #expect(logits == context.decoded(answer, after: poisoned))
  }

  @Test func `dynamic mode measures the mass of this input`() throws {
    let context = try TinyModel.context()
    let prompt = try TinyModel.prompt(context)
    var recorder = Recorder(watchedRows: 1)
    _ = try context.prefill(prompt.copy(), schedule: Schedule(layers: 4), observer: &recorder)
    let masses = recorder.attention.map {
      VisualAttention(attention: $0, visualRows: prompt.rows.visualRows, queryHeads: 4).mean
    }
    let sorted = masses.sorted()
    var retention = CacheRetention(mode: .dynamic, rates: [])
    retention.thresholds.rate = 0.5
    retention.thresholds.step = 0.25
    retention.thresholds.attentive = sorted[3]
    retention.thresholds.indifferent = sorted[0]
    let result = try context.run(prompt, PruningSettings(cacheRetention: retention))
    let expected = masses.map { $0 == sorted[3] ? 12 : $0 == sorted[0] ? 4 : 8 }
    #expect(Set(masses).count == 4)
    #expect(result.cache.layers.map(\.visualCount) == expected)
  }

  @Test func `rate 0 leaves a layer its text, and decoding goes on`() throws {
    let context = try TinyModel.context()
    let result = try context.run(
      try TinyModel.prompt(context),
      PruningSettings(cacheRetention: CacheRetention(rates: Array(repeating: 0, count: 4))))
    #expect(result.cache.layers.allSatisfy { $0.count == 8 && $0.visualCount == 0 })
    #expect(context.decoded([5, 6], after: result).allSatisfy { $0.isFinite })
  }
}

extension LayerCache {
  /// Makes NaN of all that is not listed, head by head.
  fileprivate func poison(besides kept: [[Int]]) {
    guard case .rows(let keys, let values) = entries else { return }
    for head in 0..<heads {
      for row in 0..<count where !kept[head].contains(row) {
        for rows in [keys, values] {
          (rows.base(head: head) + row * rows.rowStride).update(repeating: .nan, count: headWidth)
        }
      }
    }
  }
}
