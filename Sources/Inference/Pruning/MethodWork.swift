import Plan

/// What a pruning method leaves of the visual rows and entries of a layer, for counts of work and memory.
protocol MethodWork: PruningMethod {
  /// Visual rows of a layer that would have `present` without the method, of a prompt of which `kept` outlive token
  /// pruning.
  func visualRows(of layer: Int, present: Int, kept: Int) -> Int
  /// Visual KV entries of a layer that has `present` visual rows.
  func visualEntries(of layer: Int, present: Double) -> Double
  /// Whether the settings ask for at least one whole visual token or KV entry of each image less, in the `layers` layers up to
  /// the last one that has entries.
  func asksToRemove(visual: Int, images: Int, layers: Int) -> Bool
}

extension MethodWork {
  /// All of them by default.
  func visualRows(of layer: Int, present: Int, kept: Int) -> Int { present }
  /// One a row by default.
  func visualEntries(of layer: Int, present: Double) -> Double { present }
}
