import Evaluation
import Imaging
import Inference
import Plan

extension Model {
  /// What `values` has of the whole pictures of some samples, each picture once.
  func values(of samples: [PreparedSample], _ values: (PreparedImage) -> [Double]) throws -> [Double] {
    var seen: Set<[String]> = []
    return try samples.map(\.sample.images).filter { seen.insert($0).inserted }.flatMap { paths in
      try paths.flatMap { values(try prepareImage(at: $0, among: paths.count)) }
    }
  }
}

extension [Double] {
  /// Thresholds that some shares of these values reach, each once, rising: halfway between two values, so that none is on
  /// the edge. Thresholds that leave nothing out are none.
  func thresholds(reachedBy shares: [Double]) -> [Double] {
    let sorted = sorted()
    let all = shares.map { share -> Double in
      let place = Int(((1 - share) * Double(sorted.count)).rounded())
      return place > 0 && place < sorted.count ? (sorted[place - 1] + sorted[place]) / 2 : 0
    }
    return Set(all.filter { $0 > 0 && $0.isFinite }).sorted()
  }
}
