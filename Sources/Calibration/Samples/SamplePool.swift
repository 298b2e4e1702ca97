import Cluster
import Evaluation
import Foundation
import Imaging
import Inference
import Models

/// The samples of a calibration or a tuning, spread over the ranks that work on it: each prepares and runs its own ones,
/// and all of them learn what came of every sample.
///
/// Whatever the number of ranks, results are those of single samples put together in one order, so that they are the
/// same to the bit.
final class SamplePool {
  /// What progress calls the preparation of the samples.
  let title: String

  let context: Context
  let share: SampleShare
  private let samples: [Sample]
  private let runner: SampleRunner
  /// The samples that were prepared here.
  private var prepared: [Int: KeptSample] = [:]
  /// Where their matrices are, and those of stages.
  let store: MatrixStore
  /// How long samples took last.
  private var pace = WavePace()
  /// Sizes of all samples, once all are prepared.
  private(set) var facts: [SampleFacts] = []

  /// Samples in the order in which they are looked at; none of them is prepared.
  init(
    _ samples: [Sample], _ context: Context, maxTokens: Int, share: SampleShare = .ranks(SoleRank()),
    store: MatrixStore = MatrixStore(budget: .max, folder: ""), title: String = "dense answers"
  ) {
    self.title = title
    self.store = store
    self.samples = SampleOrder.spread(samples.count).map { samples[$0] }
    self.context = context
    self.share = share
    runner = SampleRunner(context, maxTokens: maxTokens)
  }

  /// Samples that are prepared already, in this order.
  init(
    _ samples: [PreparedSample], _ context: Context, share: SampleShare = .ranks(SoleRank()),
    store: MatrixStore = MatrixStore(budget: .max, folder: "")
  ) throws {
    title = "dense answers"
    self.store = store
    self.samples = samples.map(\.sample)
    self.context = context
    self.share = share
    runner = SampleRunner(context)
    for (place, sample) in samples.enumerated() { prepared[place] = try KeptSample(sample, in: store) }
    facts = samples.map(SampleFacts.init)
  }

  /// Number of samples, those of all ranks.
  var count: Int { samples.count }

  /// Samples whose dense answers are found together: most of what a step takes is the weights, and each keeps a cache.
  static let batch = 4

  /// A sample of this rank with dense's answer, which is found once, and beside it those of the next ones.
  func sample(_ place: Int) throws -> PreparedSample {
    if let known = prepared[place] { return try known.load() }
    let next = (place..<count).lazy.filter { self.share.owns($0) && self.prepared[$0] == nil }
    let places = Array(next.prefix(Self.batch))
    let found = try PreparedSample.prepare(places.map { samples[$0] }, runner)
    for (place, sample) in zip(places, found) { prepared[place] = try KeptSample(sample, in: store) }
    return found[0]
  }

  /// The question of a sample.
  func question(_ place: Int) -> Sample { samples[place] }

  /// Finds dense's answers of the samples whose sizes are not known.
  func prepare(
    knowing known: [Int: SampleFacts] = [:], _ reporter: any ProgressReporter,
    save: ([Int: SampleFacts]) throws -> Void = { _ in }
  ) throws {
    if known.count < count { reporter.begin(title, total: count) }
    facts = try results(
      at: 0..<count, known: known, reporter: known.count < count ? reporter : SilentProgress(), save: save
    ) { SampleFacts(try self.sample($0)) }
    if known.count < count { reporter.end("\(count) samples") }
  }

  /// What `body` makes of each sample, in the order of the samples; each rank calls it for its own ones.
  ///
  /// - Parameters:
  ///   - places: places of the samples.
  ///   - known: results that are known already.
  ///   - steps: steps of progress that a sample is.
  ///   - save: told all results that are known, again and again.
  func results<Value: Codable>(
    at places: some Collection<Int>, known: [Int: Value] = [:], steps: Int = 1,
    reporter: any ProgressReporter,
    save: ([Int: Value]) throws -> Void = { _ in }, _ body: (Int) throws -> Value
  ) throws -> [Value] {
    var known = known
    try reporter.advance(by: steps * places.filter { known[$0] != nil }.count)
    try forEach(places.filter { known[$0] == nil }, steps: steps, reporter, body) { found in
      known.merge(found) { first, _ in first }
      try save(known)
    }
    return places.compactMap { known[$0] }
  }

  /// The same for results too large to be kept one by one: `take` gets them in the order of `places`.
  func fold<Value: Codable>(
    _ places: some Sequence<Int>, steps: Int = 1, reporter: any ProgressReporter,
    _ body: (Int) throws -> Value,
    take: (Value) throws -> Void
  ) throws {
    guard case .ranks = share else { throw ShardIsDone() }
    try forEach(Array(places), steps: steps, reporter, body) { found in
      for (_, value) in found.sorted(by: { $0.key < $1.key }) { try take(value) }
    }
  }

  private func forEach<Value: Codable>(
    _ places: [Int], steps: Int, _ reporter: any ProgressReporter, _ body: (Int) throws -> Value,
    _ take: ([Int: Value]) throws -> Void
  ) throws {
    var pace = pace
    defer { self.pace = pace }
    try share.forEach(places, steps: steps, pace: &pace, reporter, body, take)
  }
}

/// Sizes of a sample that every rank knows.
struct SampleFacts: Codable {
  /// Visual tokens of the prompt.
  var visual: Int
  /// Operations of the tower.
  var towerWork: Double
  /// Tokens of the answer.
  var answer: Int

  init(_ sample: PreparedSample) {
    visual = sample.prompt.rows.visualCount
    towerWork = sample.towerWork.total
    answer = sample.reference.answer.count
  }
}
