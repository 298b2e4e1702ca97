import Evaluation

/// How many of all runs races leave, as a share.
///
/// A race runs every candidate on a first block of samples and some of them on all. What it leaves of the rest was
/// measured on two trained models (section 12 of the methods). Where samples are alike, none runs on more than tell of it.
struct RunShare {
  /// Share of the runs behind the first block that are left.
  private let ofRest: Double

  /// Rules and weights of token pruning.
  static let rules = RunShare(ofRest: 0.35)
  /// Rankings of layers.
  static let rankings = RunShare(ofRest: 0.15)
  /// Settings of methods that act on pictures.
  static let pictures = RunShare(ofRest: 0.5)
  /// Candidates of which every one gets a place in an order.
  static let orders = RunShare(ofRest: 1)
  /// Settings that a search of operating points visits.
  static let search = RunShare(ofRest: 0.15)

  /// The share over so many samples.
  ///
  /// - Parameter harms: what some candidates harm on a few samples each.
  func over(_ samples: Int, harms: [[Double]] = [], isExhaustive: Bool) -> Double {
    if isExhaustive { return 1 }
    let samples = Double(max(1, samples))
    let left = ofRest + (1 - ofRest) * min(1, Double(SampleOrder.block) / samples)
    guard !harms.isEmpty else { return left }
    return min(left, Statistics.median(harms.map { Double(Lead.samplesToKnow($0)) }) / samples)
  }
}
