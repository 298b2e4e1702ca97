import Evaluation

/// Divergences of several samples as one number.
enum Divergences {
  /// The divergence that would move as much of the answers if it were the same on every sample.
  ///
  /// `d` nats move at most `sqrt(d / 2)` of a distribution, and never more than all of it. What leaves most answers alone
  /// and changes a few altogether, as a tile that is left out does, has a mean of nats that says little about its loss.
  static func even(_ divergences: [Double]) -> Double { even(moved: Statistics.mean(divergences.map(moved))) }

  /// How much of the answers a divergence can move at most, as a share.
  static func moved(_ divergence: Double) -> Double { min(1, (divergence / 2).squareRoot()) }

  /// The divergence that moves such a share.
  static func even(moved: Double) -> Double { 2 * moved * moved }
}
