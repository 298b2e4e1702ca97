import Evaluation

/// What settings are taken to lose of the answers, from what they lost on a few hundred samples and how far they diverge.
///
/// A measured loss is mostly chance: of many candidates the fastest that meets a budget is often the luckiest one.
/// Divergence is measured more finely, and by Pinsker's inequality `d` nats move at most `sqrt(d / 2)` of the probability:
/// on each sample, so that one which is quite another counts once, and not by how surprised dense would be.
/// So losses are taken to scatter around `slope * sqrt(divergence)`, whose slope all candidates share, and each measured
/// loss moves its own estimate by as much as it can be trusted (an empirical Bayes estimate).
struct LossEstimate {
  /// What a candidate was measured to lose.
  struct Measurement {
    /// Mean loss, a share of the samples.
    var loss: Double
    /// Standard error of `loss`.
    var standardError: Double
    /// Divergence, nats, as even as it would have to be on all samples to move as much (`Divergences.even`).
    var divergence: Double
  }

  /// How much true losses scatter around the curve at least, as a share of it: from settings to settings, and again from
  /// one set of a kind to the next.
  static let scatter = 0.5

  /// Loss of a divergence of one nat, if the curve went so far.
  let slope: Double
  private let excessVariance: Double

  /// Fits the curve to all candidates.
  init(_ measurements: [Measurement]) {
    var weights = 0.0
    var products = 0.0
    for measurement in measurements where measurement.standardError > 0 {
      let weight = 1 / (measurement.standardError * measurement.standardError)
      weights += weight * measurement.divergence
      products += weight * measurement.divergence.squareRoot() * measurement.loss
    }
    let slope = weights > 0 ? max(0, products / weights) : 0
    self.slope = slope
    excessVariance = max(
      0,
      Statistics.mean(
        [0]
          + measurements.map {
            let residual = $0.loss - slope * $0.divergence.squareRoot()
            return residual * residual - $0.standardError * $0.standardError
          }))
  }

  /// What settings lose.
  struct Loss {
    /// The expected loss.
    var likely: Double
    /// A loss that five in six such settings keep below, on another set of the kind.
    var upper: Double
  }

  /// What a candidate is taken to lose.
  func loss(_ measurement: Measurement) -> Loss {
    let expected = slope * measurement.divergence.squareRoot()
    let between = Self.scatter * Self.scatter * expected * expected
    let prior = max(excessVariance, between)
    let sampling = measurement.standardError * measurement.standardError
    guard prior + sampling > 0 else { return Loss(likely: expected, upper: expected) }
    let estimate = (measurement.loss * prior + expected * sampling) / (prior + sampling)
    let posterior = prior * sampling / (prior + sampling)
    return Loss(likely: estimate, upper: estimate + (posterior + between).squareRoot())
  }
}
