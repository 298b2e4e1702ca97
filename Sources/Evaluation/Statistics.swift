import Compute
import Inference

/// Figures over samples, and how sure they are.
public enum Statistics {
  /// The arithmetic mean; NaN of nothing.
  public static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
  }

  /// The middle value, or the mean of the two middle ones; NaN of nothing.
  public static func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The standard deviation of the population; NaN of nothing.
  public static func deviation(_ values: [Double]) -> Double {
    let mean = mean(values)
    return Self.mean(values.map { ($0 - mean) * ($0 - mean) }).squareRoot()
  }

  /// 95 % bootstrap interval of the mean, resampling whole clusters: questions about one picture err together.
  ///
  /// `clusters[i]` names the cluster of `values[i]`. Deterministic for a seed.
  public static func interval(
    _ values: [Double], clusters: [String], resamples: Int = 1000, seed: UInt64 = 1
  ) -> [Double] {
    var groups: [String: (sum: Double, count: Int)] = [:]
    for (value, cluster) in zip(values, clusters) {
      let group = groups[cluster, default: (0, 0)]
      groups[cluster] = (group.sum + value, group.count + 1)
    }
    let list = groups.sorted { $0.key < $1.key }.map(\.value)
    guard list.count > 1 else { return [mean(values), mean(values)] }
    var generator = SplitMix64(seed: seed)
    let means = (0..<resamples).map { _ in
      var sum = 0.0
      var count = 0
      for _ in list {
        let group = list[generator.nextIndex(below: list.count)]
        sum += group.sum
        count += group.count
      }
      return sum / Double(count)
    }.sorted()
    return [means[resamples * 25 / 1000], means[resamples * 975 / 1000]]
  }
}
