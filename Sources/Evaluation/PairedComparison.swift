import Foundation

/// Two systems on the same samples: the difference of their means, and whether it can be told from none.
public struct PairedComparison: Equatable, Sendable {
  /// Samples that both were run on.
  public var samples: Int
  /// Pictures that those are about, which are what is resampled.
  public var clusters: Int
  /// Mean of the first minus mean of the second.
  public var difference: Double
  /// 95 % bootstrap interval of the difference, resampling whole clusters.
  public var interval: [Double]
  /// Samples on which only the first is right.
  public var wins: Int
  /// Samples on which only the second is right.
  public var losses: Int
  /// McNemar's exact p-value of wins against losses; 1 where the two differ nowhere, NaN where values are not 0 or 1.
  public var pValue: Double

  /// Compares values of the same samples, such as 1 for a right answer and 0 for a wrong one; `clusters[i]` names the
  /// cluster of sample `i`.
  public init(_ values: [Double], _ others: [Double], clusters: [String]) {
    precondition(values.count == others.count && values.count == clusters.count)
    let differences = zip(values, others).map { $0 - $1 }
    samples = values.count
    self.clusters = Set(clusters).count
    difference = Statistics.mean(differences)
    interval = Statistics.interval(differences, clusters: clusters)
    wins = zip(values, others).count { $0 > $1 }
    losses = zip(values, others).count { $0 < $1 }
    let areBinary = (values + others).allSatisfy { $0 == 0 || $0 == 1 }
    pValue = areBinary ? Statistics.exactMcNemar(wins: wins, losses: losses) : .nan
  }

  /// Whether there is an interval: one picture says nothing about others.
  public var hasInterval: Bool { clusters > 1 }

  /// Whether the interval leaves zero out.
  public var isClear: Bool {
    guard hasInterval, let low = interval.first, let high = interval.last else { return false }
    return low > 0 || high < 0
  }
}

extension Statistics {
  /// McNemar's exact test: the probability that a fair coin thrown `wins + losses` times is at least as uneven.
  public static func exactMcNemar(wins: Int, losses: Int) -> Double {
    let (count, fewer) = (wins + losses, min(wins, losses))
    guard count > 0 else { return 1 }
    // Terms of the binomial in logarithms: a large count would underflow.
    let tail = (0...fewer).reduce(0.0) { sum, index in
      let choices = lgamma(Double(count + 1)) - lgamma(Double(index + 1)) - lgamma(Double(count - index + 1))
      return sum + exp(choices - Double(count) * log(2))
    }
    return min(1, 2 * tail)
  }
}
