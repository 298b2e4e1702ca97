import Evaluation
import Inference
import Models
import Plan

extension TransportCostSearch {
  /// Times the state at the prune layer, and every rule at the middle keep ratio.
  func forecast(_ probe: SampleProbe, over count: Int) throws -> StageForecast<State> {
    let text = context.model.text
    let dense = try probe.seconds { place in
      _ = try context.prefill(
        probe.samples.sample(place).forced(context), schedule: Schedule(layers: text.layers))
    }
    let ratio = options.keepRatios.isEmpty ? 0.5 : Statistics.median(options.keepRatios)
    let states = PruneStates(probe.samples, layer: start)
    let tried = rules.map { rule in
      var trial = rule
      trial.keepRatio = ratio
      return trial
    }
    let runs = try tried.map { trial in try probe.run { try states.divergence(of: trial, at: $0) } }
    let found = zip(tried, runs).map { trial, run in
      CostCandidate(settings: trial, divergence: Statistics.mean(run.harms), samples: count)
    }
    let trials =
      Double(expectedRuns * options.keepRatios.count) * Statistics.mean(runs.map(\.seconds))
    // A state is the layers up to its prune layer.
    let layers = options.pruneLayers.filter { $0 + 1 < text.layers }.reduce(0) { $0 + $1 + 1 }
    let state = dense * Double(layers) / Double(max(1, text.layers))
    let share = RunShare.rules.over(count, harms: runs.map(\.harms), isExhaustive: options.isExhaustive)
    var result = CostSearch()
    result.keepRatios = options.keepRatios
    result.candidates = found
    result.chosen =
      found.filter { !$0.settings.rule.isBaseline }.min { $0.divergence < $1.divergence }
      .map(\.settings) ?? result.chosen
    return StageForecast(
      parts: [StageEstimate(stage: Self.title, seconds: Double(count) * (trials * share + state))],
      samples: count, state: State(result: result))
  }
}
