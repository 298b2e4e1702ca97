/// How long samples take, by which waves of them are as long as a wait of ranks for each other is worth.
///
/// All ranks know the same of it, and so agree on every wave.
struct WavePace {
  /// Seconds of a step on a sample, where one has been seen.
  private var secondsOfStep: Double?

  /// Seconds that a wave should take.
  private static let seconds = 10.0
  /// Most samples of a rank in a wave.
  private static let most = 4096

  /// Samples of the next wave, those of all ranks, where each takes so many steps.
  func size(ranks: Int, steps: Int) -> Int {
    guard let secondsOfStep else { return ranks }
    let fits = Self.seconds / max(secondsOfStep * Double(max(1, steps)), 1e-6)
    return ranks * max(1, Int(min(fits, Double(Self.most))))
  }

  /// Takes in that the slowest rank took so many seconds for its samples of a wave.
  mutating func note(_ seconds: Double, samples: Int, ranks: Int, steps: Int) {
    let own = (samples + ranks - 1) / ranks
    secondsOfStep = seconds / Double(max(1, own * max(1, steps)))
  }
}
