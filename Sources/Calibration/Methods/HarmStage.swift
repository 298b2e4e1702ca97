import Compute
import Evaluation
import Figures
import Inference
import Models
import Plan

/// What candidates of a harm stage are compared for.
enum HarmAim {
  /// Those that no other beats in both harm and what is saved, up to what is hopeless.
  case front
  /// All of them, in the order of their harm.
  case order
}

/// Measures what is lost at each of some settings of a method that acts on pictures, everything behind it dense.
///
/// Candidates come in rounds, so that a later round can go on from what an earlier one found.
struct HarmStage<Settings: CandidateSettings & MethodSettings>: CalibrationStage {
  static var name: String { Settings.name }

  /// What progress calls the round behind what was found.
  static func title(behind profile: HarmProfile<Settings>) -> String {
    "harm of " + Settings.name.split(separator: "_").joined(separator: " ")
      + (profile.candidates.isEmpty ? "" : ", next round")
  }

  let context: Context
  /// Samples that candidates are compared on; `nil` for all.
  var limit: Int?
  /// Whether every candidate runs on all samples.
  var isExhaustive: Bool
  /// What candidates are compared for.
  var aim: (HarmProfile<Settings>) -> HarmAim = { _ in .front }
  /// What is tried next, by what was found so far and on the same samples; nothing to end.
  let candidates: (HarmProfile<Settings>, SamplePool) throws -> [Settings]

  /// What was found so far.
  struct State: Codable {
    /// Rounds that are over.
    var profile = HarmProfile<Settings>()
    /// The round at hand, where it has begun.
    var round: Race<Settings, Figures>?
    var isFinished = false
  }

  /// Figures of one candidate on a sample.
  struct Figures: Codable {
    var divergence = 0.0
    var agreement = 0.0
    var tokens = 0.0
    var work = 0.0
  }

  static func isFinished(_ state: State) -> Bool { state.isFinished }

  func run(
    _ samples: SamplePool, from state: State?, reporter: any ProgressReporter,
    save: (State) throws -> Void
  ) throws -> State {
    var state = state ?? State()
    let count = min(limit ?? samples.count, samples.count)
    while !state.isFinished {
      let round = try state.round ?? Race(count == 0 ? [] : candidates(state.profile, samples))
      if round.runners.isEmpty {
        state.isFinished = true
      } else {
        try run(round, over: count, of: samples, &state, reporter, save)
      }
      try save(state)
    }
    return state
  }

  private func run(
    _ begun: Race<Settings, Figures>, over count: Int, of samples: SamplePool, _ state: inout State,
    _ reporter: any ProgressReporter, _ save: (State) throws -> Void
  ) throws {
    reporter.begin(Self.title(behind: state.profile), total: count * begun.runners.count)
    try reporter.advance(by: begun.runners.reduce(0) { $0 + $1.values.count })
    let (dense, aim) = (samples.facts, aim(state.profile))
    var (round, saved) = (begun, state)
    try round.run(
      over: count, of: samples, isExhaustive: isExhaustive, reporter: reporter,
      save: {
        saved.round = $0
        try save(saved)
      }, next: { Self.next($0, aim, dense) }, figures: { [$0.divergence] },
      leaves: { Self.leaves($0, $1, dense) }
    ) { place, candidates in
      let sample = try samples.sample(place)
      return try candidates.map { try figures(of: sample, at: $0, reporter) }
    }
    let found = round.runners.indices.map { number in
      let facts = round.runners[number].values.keys.sorted().map { dense[$0] }
      func sum(_ figure: (Figures) -> Double) -> Double { round.losses(number, figure).reduce(0, +) }
      let run = Double(max(1, facts.count))
      return HarmProfile<Settings>.Candidate(
        settings: round.runners[number].candidate, divergence: sum(\.divergence) / run,
        agreement: sum(\.agreement) / run,
        tokenShare: sum(\.tokens) / max(1, facts.reduce(0) { $0 + Double($1.visual) }),
        towerShare: sum(\.work) / max(1, facts.reduce(0) { $0 + $1.towerWork }),
        // Where more would have told nothing new, its figures stand for all.
        samples: round.isFinished(number) ? count : facts.count)
    }
    state.profile.candidates += found
    state.round = nil
    let least = found.map(\.divergence).min() ?? 0
    reporter.end("\(found.count) settings, least divergence \(Figure(least, .nats))")
  }

  static func merge(_ other: State, into state: inout State) {
    if let round = other.round { state.round?.merge(round) }
  }

  typealias Round = Race<Settings, Figures>

  /// Candidates that run side by side, once it is known what each of them saves.
  private static var heatSize: Int { 4 }
  /// Samples that tell what a candidate saves.
  private static var firstSamples: Int { 4 }

  /// First all of them on a few samples; then on the others those first that save most: a careful one must harm less than
  /// they do. An order has a place for each of them, so nobody leaves.
  private static func next(_ round: Round, _ aim: HarmAim, _ dense: [SampleFacts]) -> Round.Heat? {
    let left = round.runners.indices.filter { !round.isFinished($0) && !round.runners[$0].hasLeft }
    if aim == .order {
      return left.isEmpty
        ? nil : Round.Heat(active: left, places: Array(0..<round.count), isWhole: true, isSpread: true)
    }
    if left.contains(where: { round.runners[$0].values.isEmpty }) {
      return Round.Heat(active: left, places: Array(0..<min(firstSamples, round.count)), isSpread: true)
    }
    let costs = left.map { (number: $0, cost: cost(round, $0, dense)) }
    let boldest = costs.sorted { ($0.cost, $0.number) < ($1.cost, $1.number) }.prefix(heatSize).map(\.number)
    let difficulty = round.judges.map { judges in
      (0..<round.count).map { place in
        judges.reduce(0) { $0 + (round.runners[$1].values[place]?.divergence ?? 0) }
      }
    }
    return round.heat(of: boldest, difficulty: difficulty)
  }

  /// Whether a candidate is hopeless, or beaten in both harm and what is saved.
  private static func leaves(_ round: Round, _ own: Int, _ dense: [SampleFacts]) -> Bool {
    let harm = round.losses(own, \.divergence).reduce(0, +)
    if harm > HopelessHarm.divergence * Double(round.count) { return true }
    return round.rivals(of: own).contains { other in
      cost(round, other, dense, besides: own) <= cost(round, own, dense, besides: other)
        && round.isBehind(own, other, \.divergence)
    }
  }

  /// What a candidate takes of a first token, as a share of dense, twice, on the samples that it ran on, and another one, too.
  private static func cost(
    _ round: Round, _ number: Int, _ dense: [SampleFacts], besides other: Int? = nil
  ) -> Double {
    let places = round.runners[number].values.keys.sorted().filter { place in
      other.map { round.runners[$0].values[place] != nil } ?? true
    }
    let values = places.compactMap { round.runners[number].values[$0] }
    let tokens = places.reduce(1) { $0 + Double(dense[$1].visual) }
    let work = places.reduce(1) { $0 + dense[$1].towerWork }
    return values.reduce(0) { $0 + $1.tokens } / tokens + values.reduce(0) { $0 + $1.work } / work
  }

  func figures(
    of sample: PreparedSample, at candidate: Settings, _ reporter: any ProgressReporter
  ) throws -> Figures {
    try reporter.advance(by: 0)
    var settings = PictureSettings()
    settings[keyPath: Settings.place] = candidate
    // A runner of its own, as features of so many settings are not worth keeping.
    let prompt = try SampleRunner(context).timedPrompt(sample.sample, view: PictureView(settings: settings))
    let result = try context.prefill(
      sample.forced(prompt.rows, context), schedule: Schedule(layers: context.model.text.layers))
    let outcome = sample.outcome(of: result, context)
    return Figures(
      divergence: outcome.divergence, agreement: outcome.agrees ? 1 : 0,
      tokens: Double(prompt.rows.rows.visualCount), work: prompt.towerWork.total)
  }
}

extension HarmProfile {
  /// Candidates that ran on as many samples as any: the others were behind, and their figures are of a few samples.
  var finishers: [Candidate] {
    let most = candidates.compactMap(\.samples).max()
    return candidates.filter { $0.samples == nil || $0.samples == most }
  }

  /// Candidates that no other beats in both harm and what of a first token they save, from careful to bold, up to some
  /// harm.
  func front(upTo limit: Double, cost: (Candidate) -> Double) -> [Candidate] {
    var least = 1.0
    return finishers.sorted { ($0.divergence, cost($0)) < ($1.divergence, cost($1)) }.filter { candidate in
      guard candidate.divergence <= limit, cost(candidate) < least else { return false }
      least = cost(candidate)
      return true
    }
  }
}
