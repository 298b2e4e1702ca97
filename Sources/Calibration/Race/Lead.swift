import Evaluation

/// How much more one candidate loses than another on the same samples, and how sure that is.
struct Lead {
  /// Mean of the differences.
  let mean: Double
  /// Standard error of the mean.
  let error: Double

  /// Standard errors that the mean must be away from nothing to be sure; more of them where samples are few, as their own
  /// deviation then says little.
  private let sureness: Double

  /// Of two lists for the same samples.
  init(_ worse: [Double], _ better: [Double]) {
    let differences = zip(worse, better).map { $0 - $1 }
    mean = Statistics.mean(differences)
    // The sample's own deviation is too small by one sample.
    let count = Double(differences.count)
    sureness = 3 + 8 / max(1, count)
    error = count > 1 ? Statistics.deviation(differences) / (count - 1).squareRoot() : .infinity
  }

  /// Whether the first one loses more, beyond chance.
  var isSure: Bool { mean - sureness * error > 0 }
}
