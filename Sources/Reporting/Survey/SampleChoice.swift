public import Evaluation

/// Which samples of an evaluation become pictures.
public enum SampleChoice {
  /// `count` places in the set: half of them evenly spaced over it, half where the boldest point fails and dense does
  /// not, as far as there are such; no picture twice, where others are left.
  public static func places(_ count: Int, in scores: [PointScore]) -> [Int] {
    let points = scores.filter { $0.contender.baseline == nil }
    guard count > 0, let dense = points.first, let boldest = points.last else { return [] }
    let all = Array(dense.samples.indices)
    let failing = all.filter {
      dense.samples[$0].quality == 1 && boldest.samples[$0].quality == 0
    }
    var chosen: [Int] = []
    var images: Set<String> = []
    func take(_ list: [Int], until limit: Int) {
      let wanted = limit - chosen.count
      guard wanted > 0, !list.isEmpty else { return }
      // Evenly spaced ones first, then whatever there is.
      let spaced = (0..<wanted).map { list[($0 * 2 + 1) * list.count / (2 * wanted)] }
      for place in spaced + list where chosen.count < limit {
        if images.insert(dense.samples[place].image).inserted { chosen.append(place) }
      }
    }
    take(failing, until: count / 2)
    take(all, until: count)
    return chosen.sorted()
  }
}
