public import Compute
public import Models
import PlanFormat

extension Engine {
  /// PLPHP's choice as a schedule asks for it, or `nil`.
  func entrySelector(_ schedule: Schedule) -> EntrySelector? {
    schedule.retention.map { retention in
      EntrySelector(
        retention, layers: model.text.layers, queryHeads: model.text.queryHeads,
        keyValueHeads: model.text.keyValueHeads, answerAttention: schedule.answerAttention)
    }
  }

  /// Frees the visual entries of a layer's cache that `selector` does not keep, and leaves room for `reserve` rows.
  ///
  /// `attention` holds the watched rows of the layer's prefill, `[(w * H) x rows]`; `visualIndices` has an entry a cached
  /// row, -1 for text. Returns the rows that stay, for each KV head.
  @discardableResult
  public func retain(
    _ selector: EntrySelector, layer: Int, _ attention: Matrix, visualIndices: [Int32], imageStarts: [Int],
    reserve: Int, _ cache: inout LayerCache
  ) -> [[Int]] {
    let visualRows = visualIndices.indices.filter { visualIndices[$0] >= 0 }
    let mass = VisualAttention(
      attention: attention, visualRows: visualRows, queryHeads: model.text.queryHeads)
    let kept = selector.keep(
      layer: layer, rate: selector.rate(layer: layer, visualMass: mass.mean), attention: attention,
      visualIndices: visualIndices, imageStarts: imageStarts)
    let count = kept.first?.count ?? 0
    if count < cache.count {
      cache.retain(kept, visual: count - (visualIndices.count - visualRows.count), reserve: reserve)
    }
    return kept
  }
}
