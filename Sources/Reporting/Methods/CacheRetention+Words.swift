import Figures
import Plan

extension CacheRetention: MethodWords {
  private var meanRate: Double { rates.reduce(0, +) / Double(max(1, rates.count)) }

  var summary: [String] {
    let amount = mode == .dynamic ? "dynamic" : "\(Figure(meanRate, .share)) on average"
    return ["visual KV \(amount) (\(ranking.rawValue))"]
  }

  var explanation: [String] {
    mode == .dynamic
      ? ["frees cache entries of visual tokens by how much each layer looks at this very picture"]
      : ["keeps \(Figure(meanRate, .share)) of the remaining visual cache entries of a layer on average"]
  }

  func panel(_ fate: PatchFate) -> (title: String, shares: [Double])? {
    ("entries that decoding reads, brighter where more layers and heads hold the patch", fate.entryShares)
  }
}
