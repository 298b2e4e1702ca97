import Compute
import Evaluation
import Inference
import Models
import Plan

/// Measures what is lost at each of some settings of a method that acts on pictures, everything behind it dense.
///
/// Candidates come in rounds, so that a later round can go on from what an earlier one found.
struct HarmStage<Settings: CandidateSettings & MethodSettings>: CalibrationStage {
  static var name: String { Settings.name }

  let context: Context
  /// What is tried next, by what was found so far and on the same samples; nothing to end.
  let candidates: (HarmProfile<Settings>, [PreparedSample]) throws -> [Settings]

  /// What was found so far.
  struct State: Codable {
    /// Rounds that are over.
    var profile = HarmProfile<Settings>()
    /// The round at hand, where it has begun.
    var round: Round?
    var isFinished = false
  }

  /// A round that is not over.
  struct Round: Codable {
    var settings: [Settings]
    /// Figures by candidate, summed over the first samples.
    var sums: [Figures]
    var samples = 0
  }

  /// Figures of one candidate, or sums of them.
  struct Figures: Codable {
    var divergence = 0.0
    var agreement = 0.0
    var tokens = 0.0
    var work = 0.0
  }

  static func isFinished(_ state: State) -> Bool { state.isFinished }

  func run(
    _ samples: [PreparedSample], from state: State?, reporter: any ProgressReporter,
    save: (State) throws -> Void
  ) throws -> State {
    var state = state ?? State()
    while !state.isFinished {
      let round = try state.round ?? next(state, samples)
      if round.settings.isEmpty {
        state.isFinished = true
      } else {
        try run(round, samples, &state, reporter, save)
      }
      try save(state)
    }
    return state
  }

  private func next(_ state: State, _ samples: [PreparedSample]) throws -> Round {
    let settings = samples.isEmpty ? [] : try candidates(state.profile, samples)
    return Round(settings: settings, sums: settings.map { _ in Figures() })
  }

  private func run(
    _ begun: Round, _ samples: [PreparedSample], _ state: inout State, _ reporter: any ProgressReporter,
    _ save: (State) throws -> Void
  ) throws {
    var round = begun
    let name = Settings.name.split(separator: "_").joined(separator: " ")
    reporter.begin("harm of \(name)", total: samples.count * round.settings.count)
    try reporter.advance(by: round.samples * round.settings.count)
    for sample in samples.dropFirst(round.samples) {
      for (index, settings) in round.settings.enumerated() {
        var picture = PictureSettings()
        picture[keyPath: Settings.place] = settings
        let figures = try self.figures(of: sample, at: picture)
        round.sums[index].divergence += figures.divergence
        round.sums[index].agreement += figures.agreement
        round.sums[index].tokens += figures.tokens
        round.sums[index].work += figures.work
        try reporter.advance(by: 1)
      }
      round.samples += 1
      state.round = round
      try save(state)
    }
    let dense = samples.reduce(into: Figures()) { sum, sample in
      sum.tokens += Double(sample.prompt.rows.visualCount)
      sum.work += sample.towerWork.total
    }
    let count = Double(samples.count)
    for (settings, sums) in zip(round.settings, round.sums) {
      state.profile.candidates.append(
        .init(
          settings: settings, divergence: sums.divergence / count, agreement: sums.agreement / count,
          tokenShare: sums.tokens / max(1, dense.tokens), towerShare: sums.work / max(1, dense.work)))
    }
    state.round = nil
    let least = state.profile.candidates.suffix(round.settings.count).map(\.divergence).min() ?? 0
    reporter.end("\(round.settings.count) settings, least divergence \(least)")
  }

  private func figures(of sample: PreparedSample, at settings: PictureSettings) throws -> Figures {
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
  /// Candidates that no other beats in both harm and what of a first token they save, from careful to bold, up to some
  /// harm.
  func front(upTo limit: Double, cost: (Candidate) -> Double) -> [Candidate] {
    var least = 1.0
    return candidates.sorted { ($0.divergence, cost($0)) < ($1.divergence, cost($1)) }.filter { candidate in
      guard candidate.divergence <= limit, cost(candidate) < least else { return false }
      least = cost(candidate)
      return true
    }
  }
}
