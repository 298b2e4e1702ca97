public import Evaluation

/// What an evaluation of a plan found, as a report shows it.
public struct EvaluationRecord: Sendable {
  /// Path of the set, as it was given.
  public var set: String
  /// SHA-256 of the samples and their pictures.
  public var setDigest: String
  /// Threads of the context.
  public var threads: Int
  /// Most tokens of an answer.
  public var maxTokens: Int
  /// Scores of the points, dense first, and of the baselines.
  public let scores: [PointScore]
  /// The baselines of all points.
  let baselines: [BaselineScore]
  /// Scores of second questions, in the order of the points; empty without dialogues.
  public var secondTurns: [SecondTurnScore]
  /// Whether nobody checked that the plan had not seen the pictures before.
  public var mayOverlap: Bool
  /// What became of visual tokens.
  public var patches: PatchFindings

  /// A record of its parts.
  public init(
    set: String, setDigest: String, threads: Int, maxTokens: Int, scores: [PointScore],
    secondTurns: [SecondTurnScore] = [], patches: PatchFindings = PatchFindings(),
    mayOverlap: Bool = false
  ) {
    self.set = set
    self.setDigest = setDigest
    self.threads = threads
    self.maxTokens = maxTokens
    self.scores = scores
    baselines = BaselineScore.all(in: scores)
    self.secondTurns = secondTurns
    self.patches = patches
    self.mayOverlap = mayOverlap
  }

  /// The points, dense first.
  var points: [PointScore] { scores.filter { $0.contender.baseline == nil } }
  /// Samples of the set.
  var samples: Int { scores.first?.samples.count ?? 0 }
  /// Whether the set has right answers, so that accuracy means something.
  var hasAnswers: Bool { scores.first?.samples.contains { $0.correct != nil } ?? false }
  /// What `quality` of a score is, in this set.
  var qualityName: String { hasAnswers ? "accuracy" : "agreement with dense" }
}

extension PointScore {
  /// Mean quality: accuracy, or agreement where the set has no answers.
  var meanQuality: Double { Statistics.mean(samples.map(\.quality)) }
  /// Its 95 % bootstrap interval, clustered by picture.
  var qualityInterval: [Double] {
    Statistics.interval(samples.map(\.quality), clusters: samples.map(\.image))
  }
}
