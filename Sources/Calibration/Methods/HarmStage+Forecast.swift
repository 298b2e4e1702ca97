import Compute
import Evaluation
import Inference
import Plan

extension HarmStage {
  /// Candidates of a round that are timed.
  private static var timed: Int { 4 }

  /// Times some candidates of each round, as if each of a round harmed more than the one before it.
  func forecast(_ probe: SampleProbe, over count: Int) throws -> StageForecast<State> {
    let count = min(limit ?? count, count)
    let samples = probe.samples
    var state = State(isFinished: true)
    var parts: [StageEstimate] = []
    var round = try candidates(state.profile, samples)
    while !round.isEmpty {
      var harms: [[Double]] = []
      let times = try round.spread(Self.timed).map { candidate in
        var harm: [Int: Double] = [:]
        func run(_ place: Int) throws {
          harm[place] = try figures(of: samples.sample(place), at: candidate, SilentProgress()).divergence
        }
        let seconds = try probe.seconds(of: run)
        for place in 0..<samples.count where harm[place] == nil { try run(place) }
        harms.append(harm.values.sorted())
        return seconds
      }
      let runs = aim(state.profile) == .order ? RunShare.orders : .pictures
      let share = runs.over(count, harms: harms, isExhaustive: isExhaustive)
      parts.append(
        StageEstimate(
          stage: Self.title(behind: state.profile),
          seconds: Double(round.count * count) * share * Statistics.mean(times)))
      state.profile.candidates += round.enumerated().map { number, candidate in
        let share = Double(number + 1) / Double(round.count + 1)
        return HarmProfile.Candidate(
          settings: candidate, divergence: Self.supposedDivergence * share, agreement: 1 - share,
          tokenShare: 1 - share, towerShare: 1 - share, samples: count)
      }
      round = try candidates(state.profile, samples)
    }
    return StageForecast(parts: parts, samples: count, state: state)
  }

  private static var supposedDivergence: Double { 0.1 }
}
