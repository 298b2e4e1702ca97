public import PlanFormat

extension PruningSettings {
  /// Visual rows that a layer sees of a prompt with `visual` of them, when `kept` outlive token pruning.
  public func visualRows(of layer: Int, _ visual: Int, kept: Int) -> Int {
    let present = tokenPruning?.visualRows(of: layer, visual, kept: kept) ?? visual
    return horizon?.visualRows(of: layer, present: present) ?? present
  }

  /// Visual KV entries of a layer at the end of prefill. The rates are those of the settings: dynamic ones are not known.
  public func visualEntries(of layer: Int, _ visual: Int, kept: Int) -> Double {
    let present = visualRows(of: layer, visual, kept: kept)
    let rates = cacheRetention?.rates ?? []
    return ((layer < rates.count ? rates[layer] : 1) * Double(present)).rounded()
  }

  /// Visual tokens of `visual` that outlive token pruning.
  public func keptTokens(of visual: Int) -> Int { tokenPruning?.keptCount(of: visual) ?? visual }

  /// Whether these ask for at least one whole visual token or KV entry of each image less.
  public func asksToRemove(visual: Int, images: Int, layers: Int) -> Bool {
    if let horizon, horizon.layer + 1 < layers, visual > 0 { return true }
    let rates = cacheRetention.map { $0.mode == .static ? $0.rates : [] } ?? []
    let share = min(tokenPruning?.keepRatio ?? 1, rates.min() ?? 1)
    return visual > 0 && (1 - share) * Double(visual) >= Double(images)
  }
}
