/// Settings that the search measures on sample after sample, as long as they may be of use.
struct SearchTrial: Codable {
  /// How much of the answer they can have moved (`Divergences.moved`), by place of the sample.
  var moved: [Int: Double] = [:]
  var isOver = false

  /// Divergence over so many samples, at least, where not all of them have run.
  func divergence(over count: Int) -> Double {
    let sum = moved.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
    return Divergences.even(moved: sum / Double(max(1, count)))
  }
}
