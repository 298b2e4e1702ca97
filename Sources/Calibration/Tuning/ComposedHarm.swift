import Evaluation

/// What settings of several methods are taken to harm: the sum of what each method's own settings harm alone.
///
/// Divergences of stages that act one after the other add up as long as they are small. How far they do on this model is
/// measured as the search goes: sums are scaled by the median of what combinations were measured to harm over their sums.
struct ComposedHarm {
  /// Harm of each method's settings with every other method left out, by the numbers of a place that are the method's.
  private let alone: [[[Int]: Double]]
  /// What combinations harm, as a multiple of the sum.
  let scale: Double
  private let space: SettingsSpace

  /// Combinations of less harm than this say nothing about sums.
  private static let least = 1e-4
  /// Combinations that the scale is taken from, the last ones.
  private static let recent = 40

  init(_ space: SettingsSpace, _ trials: [FrontSearch.Trial]) {
    self.space = space
    let dense = space.parts(of: space.dense)
    var alone: [[[Int]: Double]] = dense.map { [$0: 0] }
    var combined: [(parts: [[Int]], divergence: Double)] = []
    for trial in trials {
      let parts = space.parts(of: trial.place)
      let used = parts.indices.filter { parts[$0] != dense[$0] }
      if used.count == 1, let method = used.first { alone[method][parts[method]] = trial.divergence }
      if used.count > 1 { combined.append((parts, trial.divergence)) }
    }
    self.alone = alone
    let ratios = combined.suffix(Self.recent).compactMap { parts, divergence -> Double? in
      var sum = 0.0
      for (method, part) in parts.enumerated() {
        guard let harm = alone[method][part] else { return nil }
        sum += harm
      }
      return sum > Self.least ? divergence / sum : nil
    }
    scale = ratios.isEmpty ? 1 : min(4, max(0.5, Statistics.median(ratios)))
  }

  /// The place that saves most of a first token with no more than `limit` of harm: from dense, always the change of one
  /// method that saves most for what it harms.
  func descent(limit: Double, cost: (SettingsSpace.Place) -> Double) -> SettingsSpace.Place {
    var parts = space.parts(of: space.dense)
    var harm = 0.0
    var current = cost(space.place(of: parts))
    while let move = bestMove(from: parts, harm, current, limit: limit / scale, cost) {
      harm += move.harm
      parts[move.method] = move.part
      current = move.cost
    }
    return space.place(of: parts)
  }

  private struct Move {
    var method: Int
    var part: [Int]
    var harm: Double
    var cost: Double
    var rate: Double
  }

  private func bestMove(
    from parts: [[Int]], _ harm: Double, _ current: Double, limit: Double,
    _ cost: (SettingsSpace.Place) -> Double
  ) -> Move? {
    var best: Move?
    for method in parts.indices {
      let own = alone[method][parts[method]] ?? 0
      // An order of their own, as that of a dictionary is another in each run.
      for (part, its) in alone[method].sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
      where part != parts[method] && harm + its - own <= limit {
        var changed = parts
        changed[method] = part
        let other = cost(space.place(of: changed))
        guard other < current else { continue }
        let rate = (current - other) / max(its - own, limit / 1000)
        if rate > best?.rate ?? 0 {
          best = Move(method: method, part: part, harm: its - own, cost: other, rate: rate)
        }
      }
    }
    return best
  }
}
