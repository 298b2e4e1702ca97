/// How many of all runs races leave, as a share.
///
/// A race runs every candidate on a first block of samples and some of them on all. What it leaves of the rest was
/// measured on two trained models (section 12 of the methods).
struct RunShare {
  /// Share of the runs behind the first block that are left.
  private let ofRest: Double

  /// Rules and weights of token pruning.
  static let rules = RunShare(ofRest: 0.38)
  /// Rankings of layers.
  static let rankings = RunShare(ofRest: 0.12)
  /// Settings of methods that act on pictures.
  static let pictures = RunShare(ofRest: 0.5)
  /// Settings that a search of operating points visits.
  static let search = RunShare(ofRest: 0.1)

  /// The share over so many samples.
  func over(_ samples: Int, isExhaustive: Bool) -> Double {
    if isExhaustive { return 1 }
    return ofRest + (1 - ofRest) * min(1, Double(SampleOrder.block) / Double(max(1, samples)))
  }
}
