import Inference
import Models
import Plan
import Reporting
import Testing
import TestSupport

/// What a point's stages drop of a prompt.
@Suite(.endsWithin(minutes: 1)) struct PatchFateTests {
  private let context: Context
  private let prompt: PromptRows
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    context = try TinyContext.open(in: folder)
    let picture = try context.model.prepareImage(at: folder.write(TinyPicture.png(seed: 1), to: "a.png"))
    prompt = try context.embed(
      try context.model.layout(prompt: "what", images: 1), images: [try context.encode(picture)])
  }

  @Test func `dense drops nothing`() throws {
    let fate = try PatchFate(of: prompt, at: .dense, in: context)
    #expect(fate.isKept.allSatisfy { $0 } && fate.entryShares.allSatisfy { $0 == 1 })
    #expect(fate.isKept.count == prompt.rows.visualCount)
  }

  @Test func `pruned tokens have entries up to the prune layer and none behind it`() throws {
    let settings = PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 1))
    let fate = try PatchFate(of: prompt, at: settings, in: context)
    let kept = fate.isKept.indices.filter { fate.isKept[$0] }
    #expect(kept.count == prompt.rows.visualCount / 2)
    for (layer, heads) in fate.entries.enumerated() {
      for head in heads { #expect(head == (layer <= 1 ? Array(fate.isKept.indices) : kept)) }
    }
  }

  @Test func `freed entries are those that retention does not keep`() throws {
    let layers = context.model.text.layers
    let rates = (0..<layers).map { $0 == 0 ? 1 : 0.25 }
    let settings = PruningSettings(cacheRetention: CacheRetention(rates: rates, ranking: .lastRow))
    let fate = try PatchFate(of: prompt, at: settings, in: context)
    let visual = prompt.rows.visualCount
    #expect(fate.isKept.allSatisfy { $0 })
    for (layer, heads) in fate.entries.enumerated() {
      for head in heads { #expect(head.count == (layer == 0 ? visual : visual / 4)) }
    }
    let expected = Double(fate.entries.joined().reduce(0) { $0 + $1.count })
    let caches = Double(layers * context.model.text.keyValueHeads)
    #expect(abs(fate.entryShares.reduce(0, +) - expected / caches) < 1e-9)
  }
}
