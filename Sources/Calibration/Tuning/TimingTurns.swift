import Evaluation

/// How often things are timed that take turns.
///
/// The first turn fills caches and buffers, and does not count. Beside what takes half a second that is nothing: there the
/// first turn counts, too, and one more is enough.
struct TimingTurns {
  /// Runs of a turn: each thing on each question.
  let plan: Int
  /// Turns behind the first.
  let turns: Int

  /// Seconds of a run behind which the first turn counts.
  private static let slow = 0.5

  /// Whether runs are known to take long, by the seconds of those so far.
  private func areSlow(_ seconds: [Double]) -> Bool {
    plan > 0 && seconds.count >= plan && Statistics.mean(Array(seconds.prefix(plan))) > Self.slow
  }

  /// Runs of all turns, as far as the seconds of the first ones tell.
  func total(_ seconds: [Double]) -> Int { total(areSlow: areSlow(seconds)) }

  /// Turns that do not count.
  func warmUp(_ seconds: [Double]) -> Int { areSlow(seconds) ? 0 : 1 }

  /// Runs of all turns of things that take so long.
  func total(ofSeconds seconds: Double) -> Int { total(areSlow: seconds > Self.slow) }

  private func total(areSlow: Bool) -> Int { plan * (areSlow ? 2 : turns + 1) }
}
