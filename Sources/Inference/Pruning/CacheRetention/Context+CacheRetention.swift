public import Compute
public import Models
import Plan

extension Context {
  /// The choice of entries as a schedule asks for it, or `nil`.
  func entrySelector(_ schedule: Schedule) -> EntrySelector? {
    schedule.settings.cacheRetention.map { retention in
      EntrySelector(
        retention, layers: model.text.layers, queryHeads: model.text.queryHeads,
        keyValueHeads: model.text.keyValueHeads, answerAttention: schedule.answerAttention)
    }
  }

  /// A layer's memory without the visual entries that `selector` does not keep, in memory of its own with room for `reserve`
  /// rows: a copy of it where nothing is freed, and where it has no entries.
  ///
  /// Parameters are those of the function below; a layer with entries has attention.
  public func retained(
    _ selector: EntrySelector, layer: Int, _ attention: MatrixView?, visualIndices: [Int32],
    imageStarts: [Int], reserve: Int, of memory: any LayerMemory
  ) -> any LayerMemory {
    guard let attention, let cache = memory as? LayerCache else { return memory.copy(reserve: reserve) }
    let shorter = retained(
      selector, layer: layer, attention, visualIndices: visualIndices, imageStarts: imageStarts,
      reserve: reserve, of: cache
    ).cache
    return shorter ?? cache.copy(reserve: reserve)
  }

  /// A layer's cache without the visual entries that `selector` does not keep, with room for `reserve` rows (`nil` where
  /// all stay), and the rows that stay for each KV head.
  ///
  /// `attention` holds the watched rows of the layer's prefill, `[(w * H) x rows]`; `visualIndices` has an entry a cached
  /// row, -1 for text. The given cache stays as it is; it is also the result where all its entries stay.
  public func retained(
    _ selector: EntrySelector, layer: Int, _ attention: MatrixView, visualIndices: [Int32],
    imageStarts: [Int], reserve: Int, of cache: LayerCache
  ) -> (cache: LayerCache?, kept: [[Int]]) {
    let visualRows = visualIndices.indices.filter { visualIndices[$0] >= 0 }
    let mass = VisualAttention(
      attention: attention, visualRows: visualRows, queryHeads: model.text.queryHeads)
    let kept = selector.keep(
      layer: layer, rate: selector.rate(layer: layer, visualMass: mass.mean), attention: attention,
      visualIndices: visualIndices, imageStarts: imageStarts)
    let count = kept.first?.count ?? 0
    let visual = count - (visualIndices.count - visualRows.count)
    return (count < cache.count ? cache.retaining(kept, visual: visual, reserve: reserve) : nil, kept)
  }
}
