/// Settings that the search measures on sample after sample, as long as they may be of use.
struct SearchTrial: Codable {
  /// How much of the answer they can have moved (`Divergences.moved`), by place of the sample.
  var moved: [Int: Double] = [:]
  var isOver = false
}
