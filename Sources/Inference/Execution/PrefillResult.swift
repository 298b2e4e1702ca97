public import Models

/// What a run over the layers leaves behind. It owns the sequence's cache, which decoding takes over.
public struct PrefillResult: ~Copyable {
  /// Keys and values of every layer that ran.
  public let cache: KeyValueCache
  /// Residual stream after the last layer; the rows that were not pruned.
  public let rows: TokenRows
  /// Position of the next token: it follows the unpruned prompt.
  public let nextPosition: Int
  /// Tokens of the unpruned prompt, visual ones included.
  public let length: Int
  /// Visual tokens of the unpruned prompt.
  public let visual: Int
  /// What was pruned.
  public let counts: PruningCounts
  /// What was in the cache before entries were freed, where that was asked for.
  var whole: CachedPrompt?

  /// The same with a cache of its own, for another way to go on.
  public func copy(reserve: Int) -> PrefillResult {
    PrefillResult(
      cache: cache.copy(reserve: reserve), rows: rows, nextPosition: nextPosition, length: length,
      visual: visual,
      counts: counts, whole: nil)
  }

  /// Hands over what was in the cache before entries were freed.
  mutating func takeWhole() -> CachedPrompt? { whole.take() }
}

/// What pruning left of a prompt, and what choosing took.
public struct PruningCounts: Equatable, Sendable {
  /// Visual tokens that outlive token pruning.
  public var visualKept = 0
  /// Seconds spent choosing tokens and KV entries.
  public var selectionSeconds = 0.0
  /// KV entries of each KV head by layer; 0 for a layer that has none.
  public var entriesByLayer: [Int] = []
  /// Layers that have entries.
  public var layersWithEntries = 0
  /// Visual KV entries, summed over layers.
  public var visualEntries = 0
  /// Bytes of the cache.
  public var cacheBytes = 0

  /// Nothing.
  public init() {}

  init(_ cache: KeyValueCache, visualKept: Int, selectionSeconds: Double) {
    self.visualKept = visualKept
    self.selectionSeconds = selectionSeconds
    entriesByLayer = cache.layers.map(\.entryCount)
    layersWithEntries = cache.layers.count(where: \.hasEntries)
    visualEntries = cache.visualEntries
    cacheBytes = cache.bytes
  }

  /// Visual KV entries as a share of those of `visual` tokens in every layer that has any; 1 where there are none.
  public func visualEntryShare(of visual: Int) -> Double {
    let dense = visual * layersWithEntries
    return dense > 0 ? Double(visualEntries) / Double(dense) : 1
  }
}
