public import Plan

extension PruningSettings {
  private var work: [any MethodWork] { used.compactMap { $0 as? any MethodWork } }

  /// Visual rows that a layer sees of a prompt with `visual` of them, when `kept` outlive token pruning.
  public func visualRows(of layer: Int, _ visual: Int, kept: Int) -> Int {
    work.reduce(visual) { $1.visualRows(of: layer, present: $0, kept: kept) }
  }

  /// Visual KV entries of a layer at the end of prefill. The rates are those of the settings: dynamic ones are not known.
  public func visualEntries(of layer: Int, _ visual: Int, kept: Int) -> Double {
    let rows = Double(visualRows(of: layer, visual, kept: kept))
    return work.reduce(rows) { $1.visualEntries(of: layer, present: $0) }
  }

  /// Visual tokens of `visual` that outlive token pruning.
  public func keptTokens(of visual: Int) -> Int { tokenPruning?.keptCount(of: visual) ?? visual }

  /// Whether these ask for at least one whole visual token or KV entry of each image less.
  public func asksToRemove(visual: Int, images: Int, layers: Int) -> Bool {
    visual > 0 && work.contains { $0.asksToRemove(visual: visual, images: images, layers: layers) }
  }
}
