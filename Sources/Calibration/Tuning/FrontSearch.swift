import PlanFormat

/// Looks for settings that no others beat in harm, prefill and memory at once.
///
/// Harm is measured, on some samples, at each place the search visits; costs are those of the model. From the seeds it
/// goes on to the neighbours of whatever lies on a front of harm and prefill, until its trials are used up: one front for
/// each limit of the memory, so that every budget is followed.
struct FrontSearch {
  /// A place that was visited.
  struct Trial {
    let place: SettingsSpace.Place
    let settings: PruningSettings
    /// Mean divergence on the samples, nats.
    let divergence: Double
    /// Modelled seconds of prefill.
    let prefill: Double
    /// Visual KV entries as a share of dense.
    let entryShare: Double
  }

  /// Places with more harm are not gone on from.
  static let hopelessDivergence = 0.15

  let space: SettingsSpace
  let costs: CostModel
  /// Limits of the share of visual KV entries, for each of which a front is followed.
  let entryShares: [Double]
  /// Most places that are visited.
  let trials: Int
  /// Places that are visited for each limit before the fronts are looked at again.
  private let batch = 8

  /// All trials; `measure` gives the divergence of settings, `onTrial` is called after each.
  func run(
    measure: (PruningSettings) throws -> Double, onTrial: () throws -> Void
  ) throws -> [Trial] {
    var visited: Set<SettingsSpace.Place> = []
    var found: [Trial] = []
    var waiting = space.seeds
    while found.count < trials {
      for place in waiting.prefix(trials - found.count) where visited.insert(place).inserted {
        let settings = space.settings(place)
        found.append(
          Trial(
            place: place, settings: settings, divergence: try measure(settings),
            prefill: costs.prefillSeconds(settings), entryShare: costs.entryShare(settings)))
        try onTrial()
      }
      waiting = next(found, visited)
      if waiting.isEmpty { break }
    }
    return found
  }

  /// Unvisited neighbours of the fronts, as many for each view of what is allowed.
  private func next(_ found: [Trial], _ visited: Set<SettingsSpace.Place>) -> [SettingsSpace.Place] {
    var proposed = visited
    return entryShares.flatMap { limit in
      let some = proposals(found.filter { $0.entryShare <= limit }, &proposed)
      // Half of them save most, half come from the whole range: other kinds, and steps back.
      let half = some.prefix(batch / 2)
      let rest = some.dropFirst(half.count)
      let count = min(rest.count, batch - half.count)
      return half + (0..<count).map { rest[rest.startIndex + $0 * rest.count / count] }
    }
  }

  /// Unvisited neighbours of the front of some trials, the largest savings first.
  private func proposals(
    _ trials: [Trial], _ proposed: inout Set<SettingsSpace.Place>
  ) -> [SettingsSpace.Place] {
    var result: [(place: SettingsSpace.Place, gain: Double)] = []
    for member in Self.front(trials, cost: \.prefill) where member.divergence < Self.hopelessDivergence {
      for place in space.neighbours(of: member.place) where proposed.insert(place).inserted {
        let settings = space.settings(place)
        let gain =
          (member.prefill - costs.prefillSeconds(settings)) / member.prefill
          + (member.entryShare - costs.entryShare(settings))
        result.append((place, gain))
      }
    }
    return result.sorted { $0.gain > $1.gain }.map(\.place)
  }

  /// Trials that no other beats in both harm and a cost, from careful to bold.
  static func front(_ trials: [Trial], cost: (Trial) -> Double) -> [Trial] {
    var least = Double.infinity
    return trials.sorted { ($0.divergence, cost($0)) < ($1.divergence, cost($1)) }.filter { trial in
      guard cost(trial) < least else { return false }
      least = cost(trial)
      return true
    }
  }
}
