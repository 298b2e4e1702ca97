import Evaluation
import Inference

/// A few samples of a set on which pieces of a stage's work are timed.
final class SampleProbe {
  /// The samples, prepared.
  let samples: SamplePool
  /// Bytes that a prepared sample keeps, mean.
  let preparedBytes: Int
  private let maxTokens: Int
  private let reporter: any ProgressReporter

  /// Most samples.
  private static let most = 3
  /// Seconds of work that are enough to time a piece by.
  private static let enough = 1.0
  /// Most runs of a piece on each sample.
  private static let turns = 3

  /// Prepares some samples of a set.
  init(
    _ set: SampleSet, _ context: Context, maxTokens: Int, title: String = "dense answers",
    _ reporter: any ProgressReporter
  ) throws {
    samples = SamplePool(set.spread(Self.most).samples, context, maxTokens: maxTokens, title: title)
    guard samples.count > 0 else { throw CalibrationError("no samples to estimate by") }
    try samples.prepare(SilentProgress())
    preparedBytes = samples.store.bytes / samples.count
    self.maxTokens = maxTokens
    self.reporter = reporter
  }

  /// How long it takes to prepare so many samples.
  func preparation(of count: Int) throws -> StageEstimate {
    let runner = SampleRunner(samples.context, maxTokens: maxTokens)
    // All at once, about as many as a pool prepares together.
    let questions = (0..<samples.count).map(samples.question)
    let seconds = try seconds { _ in _ = try PreparedSample.prepare(questions, runner) }
    return StageEstimate(
      stage: samples.title, seconds: Double(count) * seconds / Double(questions.count))
  }

  /// Mean seconds of a run on a sample, and what it harms on each of them.
  func run(_ harm: (_ place: Int) throws -> Double) throws -> (seconds: Double, harms: [Double]) {
    var found: [Int: Double] = [:]
    let seconds = try seconds { found[$0] = try harm($0) }
    return (seconds, try (0..<samples.count).map { try found[$0] ?? harm($0) })
  }

  /// Mean seconds of a piece of work on a sample: on the first one where it takes long, else on all of them, some times.
  func seconds(of piece: (_ place: Int) throws -> Void) throws -> Double {
    func run(_ place: Int) throws -> Double {
      try reporter.advance(by: 0)
      let start = StageClock.now
      try piece(place)
      return StageClock.now - start
    }
    // The first run finds caches and buffers cold, which matters where it is short.
    let first = try run(0)
    if first > Self.enough { return first }
    var times: [Double] = []
    for place in 0..<Self.turns * samples.count where times.reduce(0, +) < Self.enough {
      times.append(try run(place % samples.count))
    }
    return Statistics.mean(times)
  }
}
