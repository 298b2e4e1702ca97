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
      let runs = try round.spread(Self.timed).map { candidate in
        try probe.run { try figures(of: samples.sample($0), at: candidate, SilentProgress()).divergence }
      }
      let left = aim(state.profile) == .order ? RunShare.orders : .pictures
      let share = left.over(count, harms: runs.map(\.harms), isExhaustive: isExhaustive)
      parts.append(
        StageEstimate(
          stage: Self.title(behind: state.profile),
          seconds: Double(round.count * count) * share * Statistics.mean(runs.map(\.seconds))))
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
