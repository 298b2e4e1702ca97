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
  let context: Context
  let options: CalibrationOptions

  /// What was tried so far, and the choice once all was.
  struct State: Codable {
    var candidates: [CostCandidate] = []
    /// The candidate at hand.
    var trial: Trial?
    var result: CostSearch?

    /// The choice, or nothing while the search goes on.
    var search: CostSearch { result ?? CostSearch() }
  }

  /// A candidate that has run on some samples.
  struct Trial: Codable {
    var settings: TokenPruning
    /// Divergences on the first samples.
    var divergences: [Double]
  }

  static func isFinished(_ state: State) -> Bool { state.result != nil }

  /// Tries every rule and baseline at the start weights, then improves the weights of the best transport rules one at
  /// a time, then the prune layer.
  func run(
    _ samples: [PreparedSample], from state: State?, reporter: any ProgressReporter,
    save: (State) throws -> Void
  ) throws -> State {
    reporter.begin("token pruning", total: expectedTrials)
    let result = try withoutActuallyEscaping(save) { save in
      var table = CandidateTable(state ?? State(), save: save)
      return try search(samples, &table, reporter: reporter)
    }
    let finished = State(candidates: result.candidates, result: result)
    reporter.end("\(result.candidates.count) candidates, chosen \(result.chosen.rule.rawValue)")
    return finished
  }

  private func search(
    _ samples: [PreparedSample], _ table: inout CandidateTable, reporter: any ProgressReporter
  ) throws -> CostSearch {
    var result = CostSearch()
    result.keepRatios = options.keepRatios
    let start = min(1, context.model.text.layers - 1)
    let states = try PruneStates(samples, layer: start, context)

    let rules = ImportanceRule.allCases.map {
      TokenPruning(rule: $0, keepRatio: 1, layer: start, seed: options.seed)
    }
    try score(rules, states, &table, reporter)
    let transport = table.ranked(rules.filter { !$0.rule.isBaseline }).prefix(2)
    var finalists: [TokenPruning] = []
    for candidate in transport { finalists.append(try improve(candidate, states, &table, reporter)) }
    if let baseline = table.ranked(rules.filter(\.rule.isBaseline)).first { finalists.append(baseline) }
    guard var best = table.ranked(finalists).first else { return result }

    for layer in options.pruneLayers where layer != start && layer + 1 < context.model.text.layers {
      var moved = best
      moved.layer = layer
      try score([moved], try PruneStates(samples, layer: layer, context), &table, reporter)
      finalists.append(moved)
    }
    // A later prune layer saves less: it must earn its place by a clear margin.
    let moved = table.ranked(finalists.filter { $0.layer != start }).first
    if let moved, table.score(moved) < 0.5 * table.score(best) { best = moved }

    result.chosen = best
    result.chosen.keepRatio = options.keepRatios.first ?? 0.5
    result.candidates = table.candidates
    return result
  }

  /// Changes one weight at a time while it helps.
  private func improve(
    _ start: TokenPruning, _ states: PruneStates, _ table: inout CandidateTable,
    _ reporter: any ProgressReporter
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
      try score(trials, states, &table, reporter)
      best = table.ranked([best] + trials)[0]
    }
    return best
  }

  /// Trials `search` makes at most, for the progress bar.
  var expectedTrials: Int {
    (ImportanceRule.allCases.count + 2 * 12 + options.pruneLayers.count) * options.keepRatios.count
  }

  private func score(
    _ candidates: [TokenPruning], _ states: PruneStates, _ table: inout CandidateTable,
    _ reporter: any ProgressReporter
  ) throws {
    for candidate in candidates {
      for ratio in options.keepRatios {
        var trial = candidate
        trial.keepRatio = ratio
        if !table.contains(trial) {
          let divergences = try states.divergences(of: trial, from: table.known(of: trial)) {
            try table.keep(Trial(settings: trial, divergences: $0))
            try reporter.advance(by: 0)
          }
          try table.append(trial, divergence: Statistics.mean(divergences))
        }
        try reporter.advance(by: 1)
      }
    }
  }
}

/// All candidates tried so far, and how they compare.
private struct CandidateTable {
  private var state: TransportCostSearch.State
  private let save: (TransportCostSearch.State) throws -> Void

  init(
    _ state: TransportCostSearch.State, save: @escaping (TransportCostSearch.State) throws -> Void
  ) {
    (self.state, self.save) = (state, save)
  }

  var candidates: [CostCandidate] { state.candidates }

  mutating func append(_ settings: TokenPruning, divergence: Double) throws {
    state.candidates.append(CostCandidate(settings: settings, divergence: divergence))
    state.trial = nil
    try save(state)
  }

  /// Keeps what is known of a candidate that is not through.
  mutating func keep(_ trial: TransportCostSearch.Trial) throws {
    state.trial = trial
    try save(state)
  }

  /// Divergences of a candidate on the first samples, from a run that was stopped in its middle.
  func known(of settings: TokenPruning) -> [Double] {
    state.trial?.settings == settings ? state.trial?.divergences ?? [] : []
  }

  func contains(_ settings: TokenPruning) -> Bool { candidates.contains { $0.settings == settings } }

  /// Sum over the keep ratios of the divergence relative to the best at that ratio: no ratio drowns another.
  func score(_ settings: TokenPruning) -> Double {
    let own = candidates.filter { candidate in
      var same = settings
      same.keepRatio = candidate.settings.keepRatio
      return candidate.settings == same
    }
    return own.reduce(0.0) { sum, candidate in
      let least = candidates.filter { $0.settings.keepRatio == candidate.settings.keepRatio }.map(
        \.divergence
      ).min()
      return sum + candidate.divergence / max(least ?? 1, 1e-9)
    }
  }

  /// The given settings, best first.
  func ranked(_ list: [TokenPruning]) -> [TokenPruning] {
    list.map { (settings: $0, score: score($0)) }.sorted { $0.score < $1.score }.map(\.settings)
  }
}

/// Samples stopped at the prune layer: what the choice looks at, and the rows behind the layer.
private struct PruneStates {
  private struct State {
    let sample: PreparedSample
    let evidence: TokenEvidence
    let behind: TokenRows
  }

  private let context: Context
  private let layer: Int
  private let states: [State]

  init(_ samples: [PreparedSample], layer: Int, _ context: Context) throws {
    self.context = context
    self.layer = layer
    let dense = Schedule(layers: context.model.text.layers)
    states = try samples.map { sample in
      // The rows of the answer but its last token follow the prompt: the first row watched is the prompt's last.
      var watcher = Watcher(
        layer: layer, text: context.model.text, promptLength: sample.prompt.rows.count,
        watchedRows: sample.reference.answer.count)
      let result = try context.prefill(
        sample.forced(context), schedule: dense, PrefillRange(from: 0, to: layer + 1), observer: &watcher)
      return State(
        sample: sample, evidence: watcher.evidence, behind: result.rows.copy())
    }
  }

  /// Divergence of a candidate for this layer on each sample, of which the first are known; `onSample` is told all so
  /// far.
  func divergences(
    of pruning: TokenPruning, from known: [Double], onSample: ([Double]) throws -> Void
  ) throws -> [Double] {
    let dense = Schedule(layers: context.model.text.layers)
    var cache: KeyValueCache?
    var divergences = known
    for state in states.dropFirst(known.count) {
      let rows = state.behind.copy()
      context.prune(
        rows, pruning, state.evidence, grids: state.sample.prompt.grids)
      let result = try context.prefill(
        state.sample.prompt.replacing(rows), schedule: dense, PrefillRange(from: layer + 1, cache: cache))
      cache = result.cache
      divergences.append(state.sample.divergence(of: result, context))
      try onSample(divergences)
    }
    return divergences
  }

  private struct Watcher: Observer {
    let layer: Int
    let text: TextModel
    let promptLength: Int
    let watchedRows: Int
    var evidence = TokenEvidence(
      sources: MatrixView(rows: 0, columns: 0), targets: MatrixView(rows: 0, columns: 0))

    mutating func willRun(layer: Int, rows: TokenRows) {
      guard layer == self.layer else { return }
      evidence.sources = rows.visual(of: rows.hidden)
      // The answer that is fed behind the prompt is no part of the question.
      evidence.question = rows.question(of: rows.hidden, count: promptLength)
    }

    mutating func didAttend(layer: Int, attention: MatrixView, rows: TokenRows) {
      guard layer == self.layer else { return }
      evidence.attention = rows.visualAttention(in: attention[rows: 0..<text.queryHeads], text)
    }

    mutating func didRun(layer: Int, rows: TokenRows, normed: MatrixView) {
      if layer == self.layer { evidence.targets = rows.visual(of: normed) }
    }
  }
}
