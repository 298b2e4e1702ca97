import Evaluation
import Glibc

/// What settings are taken to lose of the answers, from what they lost on a few hundred samples and how far they diverge.
///
/// A measured loss is mostly chance: of many candidates the fastest that meets a budget is often the luckiest one.
/// Divergence is measured more finely, and by Pinsker's inequality `d` nats move at most `sqrt(d / 2)` of the probability:
/// on each sample, so that one which is quite another counts once, and not by how surprised dense would be.
/// Where most answers are far from turning, small ones cost less than that. So losses are taken to scatter around
/// `slope * divergence^exponent`, a curve that all candidates share, and each measured loss moves its own estimate by as
/// much as it can be trusted (an empirical Bayes estimate).
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

  /// Exponents that are tried: from what divergence can do at most to what leaves mild candidates almost free.
  static let exponents = [0.5, 0.75, 1, 1.25]
  /// Fewer candidates than this say nothing about the exponent, which is then the first one.
  private static let fewest = 8

  private let curve: Curve
  private let excessVariance: Double

  /// Loss of a divergence of one nat, if the curve went so far.
  var slope: Double { curve.slope }
  /// How losses grow with divergence.
  var exponent: Double { curve.exponent }

  /// Fits the curve to all candidates.
  init(_ measurements: [Measurement]) {
    let exponents = measurements.count < Self.fewest ? Self.exponents.prefix(1) : Self.exponents[...]
    let curves = exponents.map { Curve(exponent: $0, through: measurements) }
    let curve = curves.min { $0.misfit(to: measurements) < $1.misfit(to: measurements) } ?? Curve()
    self.curve = curve
    excessVariance = max(
      0,
      Statistics.mean(
        [0]
          + measurements.map {
            let residual = $0.loss - curve.loss(of: $0.divergence)
            return residual * residual - $0.standardError * $0.standardError
          }))
  }

  /// Losses as a power of the divergence.
  private struct Curve {
    var exponent = 0.5
    var slope = 0.0

    init() {}

    /// The curve of an exponent with the least squares of what cannot be chance.
    init(exponent: Double, through measurements: [Measurement]) {
      self.exponent = exponent
      var weights = 0.0
      var products = 0.0
      for measurement in measurements where measurement.standardError > 0 {
        let weight = 1 / (measurement.standardError * measurement.standardError)
        let power = pow(measurement.divergence, exponent)
        weights += weight * power * power
        products += weight * power * measurement.loss
      }
      slope = weights > 0 ? max(0, products / weights) : 0
    }

    func loss(of divergence: Double) -> Double { slope * pow(divergence, exponent) }

    /// Squares of what the curve is off by, in standard errors.
    func misfit(to measurements: [Measurement]) -> Double {
      measurements.filter { $0.standardError > 0 }.reduce(0) {
        let error = (($1.loss - loss(of: $1.divergence)) / $1.standardError)
        return $0 + error * error
      }
    }
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
    let expected = curve.loss(of: measurement.divergence)
    let between = Self.scatter * Self.scatter * expected * expected
    let prior = max(excessVariance, between)
    let sampling = measurement.standardError * measurement.standardError
    guard prior + sampling > 0 else { return Loss(likely: expected, upper: expected) }
    let estimate = (measurement.loss * prior + expected * sampling) / (prior + sampling)
    let posterior = prior * sampling / (prior + sampling)
    return Loss(likely: estimate, upper: estimate + (posterior + between).squareRoot())
  }
}
