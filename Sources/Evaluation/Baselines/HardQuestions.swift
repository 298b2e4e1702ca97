import Plan

/// Questions that need the detail of the picture: those that the picture itself, reduced, gets wrong.
public struct HardQuestions: Sendable {
  /// Name of the run that defines them.
  public let source: String
  /// Their places in the set.
  public let indices: [Int]

  /// Those of an evaluation: of its runs with reduced pictures, the one with the least detail decides; `nil` where there
  /// is none, or where it gets everything right.
  public init?(_ scores: [PointScore]) {
    let reduced = scores.compactMap { score -> (share: Double, score: PointScore)? in
      guard case .reduced(let share) = score.contender.input else { return nil }
      return (share, score)
    }
    guard let least = reduced.min(by: { $0.share < $1.share })?.score else { return nil }
    source = least.point.name
    indices = least.samples.indices.filter { least.samples[$0].quality == 0 }
    if indices.isEmpty { return nil }
  }

  /// Mean quality of a score on these questions.
  public func quality(of score: PointScore) -> Double {
    Statistics.mean(indices.map { score.samples[$0].quality })
  }
}
