import Evaluation

/// How much more one candidate loses than another on the same samples, and how sure that is.
struct Lead {
  /// Mean of the differences.
  let mean: Double
  /// Standard error of the mean.
  let error: Double

  /// Standard errors that the mean must be away from nothing to be sure.
  private let sureness: Double

  /// Of two lists for the same samples.
  init(_ worse: [Double], _ better: [Double]) {
    let differences = zip(worse, better).map { $0 - $1 }
    mean = Statistics.mean(differences)
    error = Self.error(differences)
    sureness = Self.sureness(differences.count)
  }

  /// Standard errors that a mean is off at most, as good as surely; more of them where samples are few, as their own
  /// deviation then says little: what Student's distribution has for one in 400.
  private static func sureness(_ count: Int) -> Double {
    let count = Double(max(1, count))
    return 3 + 64 / (count * count)
  }

  /// Standard error of a mean; the samples' own deviation is too small by one sample.
  private static func error(_ values: [Double]) -> Double {
    values.count > 1 ? Statistics.deviation(values) / Double(values.count - 1).squareRoot() : .infinity
  }

  /// Whether the mean of values that are not negative is surely known within a tenth.
  static func isKnown(_ values: [Double]) -> Bool {
    let mean = Statistics.mean(values)
    return mean > 0 && sureness(values.count) * error(values) <= allowedError * mean
  }

  private static let allowedError = 0.1
  /// As many as nobody has.
  private static let manySamples = 1 << 16

  /// About how many samples make a mean known where they differ as these do.
  static func samplesToKnow(_ values: [Double]) -> Int {
    let (mean, deviation) = (Statistics.mean(values), error(values) * Double(values.count).squareRoot())
    guard mean > 0, deviation.isFinite else { return manySamples }
    let counts = stride(from: SampleOrder.block, to: manySamples, by: SampleOrder.block)
    return counts.first { sureness($0) * deviation <= allowedError * mean * Double($0).squareRoot() }
      ?? manySamples
  }

  /// Whether the first one loses more, beyond chance.
  var isSure: Bool { mean - sureness * error > 0 }
}
