import Compute
import Evaluation
import Inference
import Models
import Plan

/// Token pruning's search for the rule and the cost weights with the least divergence (section 1 of the methods).
///
/// The state at the prune layer is computed once a sample and layer; a candidate chooses tokens from it and runs
/// only the layers behind.
struct TransportCostSearch: CalibrationStage {
  static let name = "token_pruning"
  /// What progress calls the stage.
  static let title = "token pruning"
  let context: Context
  let options: CalibrationOptions

  /// Settings but for the keep ratio, and their divergences at each ratio.
  typealias Trials = Race<TokenPruning, [Double]>

  /// What was tried so far, and the choice once all was.
  struct State: Codable {
    /// Races in the order in which the search holds them; the last one may be going on.
    var races: [Trials] = []
    var result: CostSearch?

    /// The choice, or nothing while the search goes on.
    var search: CostSearch { result ?? CostSearch() }
  }

  static func isFinished(_ state: State) -> Bool { state.result != nil }

  /// Tries every rule and baseline at the start weights, then improves the weights of the best transport rules one at
  /// a time, then the prune layer.
  func run(
    _ samples: SamplePool, from state: State?, reporter: any ProgressReporter, save: (State) throws -> Void
  ) throws -> State {
    reporter.begin(Self.title, total: expectedRuns * samples.count)
    var races = TransportRaces(state?.races ?? [], samples, options, reporter)
    let result = try search(&races) { try save(State(races: $0)) }
    reporter.end("\(result.candidates.count) candidates, chosen \(result.chosen.rule.rawValue)")
    return State(races: races.held, result: result)
  }

  static func merge(_ other: State, into state: inout State) {
    if let race = other.races.first, !state.races.isEmpty { state.races[0].merge(race) }
  }

  /// Prune layer of the first candidates.
  var start: Int { min(1, context.model.text.lastLeavingLayer) }

  /// Every rule and baseline at the start weights.
  var rules: [TokenPruning] {
    let text = context.model.text
    return ImportanceRule.allCases.compactMap { rule in
      // FastV reads the attention of its layer, which must have some.
      let layer = rule == .fastV ? text.attentionLayer(from: max(0, start)) : start
      guard layer <= text.lastLeavingLayer else { return nil }
      return TokenPruning(rule: rule, keepRatio: 1, layer: layer, seed: options.seed)
    }
  }

  private func search(
    _ races: inout TransportRaces, save: ([Trials]) throws -> Void
  ) throws -> CostSearch {
    var result = CostSearch()
    result.keepRatios = options.keepRatios
    let rules = rules
    let likely: Set<ImportanceRule> = [.semiRelaxed, .sinkhorn, .divprune]
    try races.hold(rules, likely: rules.filter { likely.contains($0.rule) }, save: save)
    let transport = races.ranked(rules.filter { !$0.rule.isBaseline }).prefix(2)
    var finalists: [TokenPruning] = []
    for candidate in transport { finalists.append(try improve(candidate, &races, save: save)) }
    if let baseline = races.ranked(rules.filter(\.rule.isBaseline)).first { finalists.append(baseline) }
    guard var best = races.ranked(finalists).first else { return result }

    let text = context.model.text
    let places = options.pruneLayers.filter {
      $0 != start && $0 + 1 < text.layers && $0 <= text.lastLeavingLayer
        && (best.rule != .fastV || text.recurrence(of: $0) == nil)
    }
    let moved = places.map { layer in
      var moved = best
      moved.layer = layer
      return moved
    }
    // A later prune layer saves less: it must earn its place by a clear margin.
    let margin = 0.5
    try races.hold(moved, beside: best, share: margin, save: save)
    if let moved = races.ranked(moved).first, races.score(moved) < margin * races.score(best) { best = moved }

    result.chosen = best
    result.chosen.keepRatio = options.keepRatios.first ?? 0.5
    result.candidates = races.candidates
    return result
  }

  /// Changes one weight at a time while it helps.
  private func improve(
    _ start: TokenPruning, _ races: inout TransportRaces, save: ([Trials]) throws -> Void
  ) throws -> TokenPruning {
    var best = start
    let steps: [(WritableKeyPath<TransportCost, Double>, [Double])] = [
      (\.epsilon, [0.03, 0.3]), (\.beta, [0, 0.3, 3]), (\.alpha, [0.3, 3]), (\.sigma, [2, 8]),
      (\.gamma, [0, 0.1, 1]),
    ]
    for (weight, values) in steps {
      let trials = values.map { value in
        var trial = best
        trial.cost[keyPath: weight] = value
        return trial
      }
      try races.hold(trials, beside: best, save: save)
      best = races.ranked([best] + trials)[0]
    }
    return best
  }

  /// Candidates `search` has at most, for the progress bar.
  var expectedRuns: Int { ImportanceRule.allCases.count + 2 * 12 + options.pruneLayers.count }
}
