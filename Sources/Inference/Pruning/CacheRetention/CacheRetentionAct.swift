import Compute
import Models
import Plan

/// Cache retention: a layer's cache loses entries once the layer has run (section 3 of the methods).
struct CacheRetentionAct: PruningAct {
  /// Rows that stay in the last layer's cache, for each KV head.
  private(set) var kept: [[Int]]?
  let watchedRows: Int
  private let selector: EntrySelector

  /// The act of a schedule that frees entries, or `nil`.
  init?(_ schedule: Schedule, in context: Context) {
    guard let selector = context.entrySelector(schedule) else { return nil }
    self.selector = selector
    watchedRows = selector.watchedRows
  }

  mutating func didRun(_ boundary: borrowing LayerBoundary, in context: Context) {
    kept = nil
    let layer = boundary.layer
    guard let attention = boundary.attention, let cache = boundary.cache.layers[layer] as? LayerCache else {
      // There is nothing to free, and what answers goes on apart all the same.
      if boundary.keepsWhole {
        boundary.cache.replace(layer: layer, by: boundary.cache.layers[layer].copy(reserve: boundary.reserve))
      }
      return
    }
    let (shorter, rows) = context.retained(
      selector, layer: layer, attention, visualIndices: boundary.rows.visualIndices,
      imageStarts: boundary.prompt.imageStarts, reserve: boundary.reserve, of: cache)
    if let shorter {
      boundary.cache.replace(layer: layer, by: shorter)
    } else if boundary.keepsWhole {
      boundary.cache.replace(layer: layer, by: cache.copy(reserve: boundary.reserve))
    }
    kept = rows
  }
}

extension CacheRetention: MethodWork {
  func visualEntries(of layer: Int, present: Double) -> Double {
    ((layer < rates.count ? rates[layer] : 1) * present).rounded()
  }

  func asksToRemove(visual: Int, images: Int, layers: Int) -> Bool {
    guard mode == .static, let least = rates.min() else { return false }
    return (1 - least) * Double(visual) >= Double(images)
  }
}
