import Models
import Plan

/// Horizon: every visual row leaves behind one layer (section 9.1 of the methods).
struct HorizonAct: PruningAct {
  private let horizon: Horizon
  /// Visual rows that were left before they all went; `nil` while they are there.
  private(set) var visualBefore: Int?

  init(_ horizon: Horizon) { self.horizon = horizon }

  mutating func didRun(_ boundary: borrowing LayerBoundary, in context: Context) {
    guard boundary.layer == horizon.layer, boundary.rows.visualCount > 0 else { return }
    visualBefore = boundary.rows.visualCount
    boundary.rows.keep(boundary.rows.textRuns.flatMap { Array($0) })
  }
}

extension Horizon: MethodWork {
  func visualRows(of layer: Int, present: Int, kept: Int) -> Int { layer > self.layer ? 0 : present }

  func asksToRemove(visual: Int, images: Int, layers: Int) -> Bool { layer + 1 < layers }
}
