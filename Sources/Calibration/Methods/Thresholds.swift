import Evaluation
import Imaging
import Inference
import Plan

extension SamplePool {
  /// What `values` has of the whole pictures of the first samples, each picture once.
  func values(ofFirst count: Int? = nil, _ values: (PreparedImage) -> [Double]) throws -> [Double] {
    let places = 0..<min(count ?? self.count, self.count)
    var seen: Set<[String]> = []
    let isFirst = places.map { seen.insert(question($0).images).inserted }
    return try results(at: places, steps: 0, reporter: SilentProgress()) { place in
      let paths = isFirst[place] ? question(place).images : []
      return try paths.flatMap { values(try context.model.prepareImage(at: $0, among: paths.count)) }
    }.flatMap { $0 }
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
