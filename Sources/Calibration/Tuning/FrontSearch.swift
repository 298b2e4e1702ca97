import Plan

/// Looks for settings that no others beat in harm, first token and memory at once.
///
/// Harm is measured, on some samples, at each place the search visits; costs are those of the model. Each method is
/// measured alone first. Then, for each view of what is allowed and until the trials are used up, the search visits what
/// these measurements together say to be best (`ComposedHarm`), and the neighbours of whatever lies on a front of harm and
/// first token.
struct FrontSearch {
  /// A place that was visited.
  struct Trial {
    let place: SettingsSpace.Place
    let settings: PruningSettings
    /// Divergence on the samples, nats (`Divergences.even`).
    var divergence: Double
    /// Modelled seconds from the pictures to the first token.
    let firstToken: Double
    /// Visual KV entries as a share of dense.
    let entryShare: Double
    /// Operations of the decoder in prefill as a share of dense.
    let operationShare: Double
  }

  /// What a budget allows.
  struct View: Hashable {
    /// Largest share of visual KV entries.
    var entryShare = 1.0
    /// Largest share of the operations of prefill.
    var operationShare = 1.0
    /// Places with more harm are not gone on from.
    var divergence = FrontSearch.hopelessDivergence
  }

  /// No view goes on from places with more harm.
  static let hopelessDivergence = 0.15

  private let space: SettingsSpace
  private let costs: PlaceCosts
  private let views: [View]
  private let trials: Int
  /// Places that are visited for each limit before the fronts are looked at again.
  private let batch = 8

  /// A search.
  ///
  /// - Parameters:
  ///   - views: for each of these a front is followed.
  ///   - trials: most places that are visited.
  init(space: SettingsSpace, costs: CostModel, views: [View], trials: Int) {
    self.space = space
    self.costs = PlaceCosts(space, costs)
    self.views = views
    self.trials = trials
  }

  /// All trials; `measure` gives the divergence of settings, `onTrial` is called after each.
  ///
  /// A place that cannot lie on a front is of no interest: `measure` is told the divergence beyond which that is so, and
  /// may give any that is above it.
  func run(
    measure: (_ settings: PruningSettings, _ bound: Double) throws -> Double, onTrial: () throws -> Void
  ) throws -> [Trial] {
    var visited: Set<SettingsSpace.Place> = []
    var found: [Trial] = []
    var waiting = space.singles
    // What methods harm alone is put together later, so it is measured up to where nothing is of use any more.
    let alone = waiting.count
    while found.count < trials {
      for place in waiting.prefix(trials - found.count) where visited.insert(place).inserted {
        let (settings, costs) = (space.settings(place), costs[place])
        var trial = Trial(
          place: place, settings: settings, divergence: 0, firstToken: costs.firstToken,
          entryShare: costs.entryShare, operationShare: costs.operationShare)
        let beaten =
          found.count < alone ? nil : found.filter { $0.costsNoMore(than: trial) }.map(\.divergence).min()
        trial.divergence = try measure(settings, min(beaten ?? .infinity, Self.hopelessDivergence))
        found.append(trial)
        try onTrial()
      }
      waiting = next(found, visited)
      if waiting.isEmpty { break }
    }
    return found
  }

  /// Shares of a view's divergence that the best place is looked for at.
  private static let limits = [1, 0.6, 0.3, 0.15]

  /// Unvisited places that promise most, as many for each view of what is allowed: what is composed, then neighbours of
  /// the front.
  private func next(_ found: [Trial], _ visited: Set<SettingsSpace.Place>) -> [SettingsSpace.Place] {
    var proposed = visited
    let harm = ComposedHarm(space, found)
    return views.flatMap { view in
      let composed = Self.limits.map { share in
        harm.descent(limit: share * view.divergence) { cost(of: $0, within: view) }
      }.filter { proposed.insert($0).inserted }
      let allowed = found.filter {
        $0.entryShare <= view.entryShare && $0.operationShare <= view.operationShare
      }
      let front = Self.front(allowed, cost: \.firstToken)
      let mild = front.filter { $0.divergence < view.divergence }
      let some = proposals(beside: mild.isEmpty ? front.prefix(1) : mild[...], within: view, &proposed)
      // From what saves most to the largest step back that the view allows.
      let count = min(some.count, batch - composed.count)
      return composed + (0..<count).map { some[$0 * (some.count - 1) / max(1, count - 1)] }
    }
  }

  /// Modelled seconds of a first token, and more for what a view does not allow, so that a descent gets there.
  private func cost(of place: SettingsSpace.Place, within view: View) -> Double {
    let costs = costs[place]
    let excess =
      max(0, costs.entryShare - view.entryShare) + max(0, costs.operationShare - view.operationShare)
    return costs.firstToken * (1 + 2 * excess)
  }

  /// Unvisited neighbours of some trials, the largest savings first.
  private func proposals(
    beside members: ArraySlice<Trial>, within view: View, _ proposed: inout Set<SettingsSpace.Place>
  ) -> [SettingsSpace.Place] {
    var result: [(place: SettingsSpace.Place, gain: Double)] = []
    for member in members {
      for place in space.neighbours(of: member.place) where !proposed.contains(place) {
        let costs = costs[place]
        guard costs.entryShare <= view.entryShare, costs.operationShare <= view.operationShare
        else { continue }
        proposed.insert(place)
        let gain =
          (member.firstToken - costs.firstToken) / member.firstToken + (member.entryShare - costs.entryShare)
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

extension FrontSearch.Trial {
  /// Whether this is as cheap as another in everything that a front is made of.
  fileprivate func costsNoMore(than other: Self) -> Bool {
    firstToken <= other.firstToken && entryShare <= other.entryShare
      && operationShare <= other.operationShare
  }
}
