import Evaluation
import Inference
import Plan

/// What settings cost on this machine, from a few measurements: seconds of prefill and of a decoding step.
///
/// Prefill is a sum of what grows with linear work, with attention, with choosing tokens and entries, and of what is
/// always there; a step grows with the KV entries it reads. A search asks it thousands of times; what a search finds is
/// measured.
struct CostModel {
  /// Tokens of a prompt.
  struct Prompt {
    var text: Int
    var visual: Int
  }

  private let counter: OperationCounter
  private let model: TextModel
  private let prompt: Prompt
  private let prefill: [Double]
  private let step: [Double]

  /// Fits to measured times: `samples` are settings with seconds of prefill and of a decoding step.
  init(
    _ model: TextModel, prompt: Prompt, samples: [(settings: PruningSettings, prefill: Double, step: Double)]
  ) {
    self.model = model
    self.prompt = prompt
    counter = OperationCounter(model)
    let counter = counter
    let rows = samples.map { Self.features($0.settings, prompt, counter, model) }
    prefill = LeastSquares.fit(rows, samples.map(\.prefill))
    let entries = samples.map { [1, Self.entries($0.settings, prompt, model)] }
    step = LeastSquares.fit(entries, samples.map(\.step))
  }

  /// Seconds of prefill.
  func prefillSeconds(_ settings: PruningSettings) -> Double {
    zip(prefill, Self.features(settings, prompt, counter, model)).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Seconds of a decoding step behind the prompt.
  func stepSeconds(_ settings: PruningSettings) -> Double {
    step[0] + step[1] * Self.entries(settings, prompt, model)
  }

  /// Operations of the decoder in prefill, as a share of dense.
  func operationShare(_ settings: PruningSettings) -> Double {
    operations(settings) / operations(.dense)
  }

  private func operations(_ settings: PruningSettings) -> Double {
    counter.prefill(
      text: prompt.text, visual: prompt.visual,
      kept: settings.keptTokens(of: prompt.visual), settings: settings)
  }

  /// Visual KV entries at the end of prefill, as a share of dense.
  func entryShare(_ settings: PruningSettings) -> Double {
    Self.visualEntries(settings, prompt, model) / Double(max(1, model.layers * prompt.visual))
  }

  private static func features(
    _ settings: PruningSettings, _ prompt: Prompt, _ counter: OperationCounter, _ model: TextModel
  ) -> [Double] {
    let kept = settings.keptTokens(of: prompt.visual)
    let work = counter.work(text: prompt.text, visual: prompt.visual, kept: kept, settings: settings)
    return [1, work.linear, work.attention] + Methods.costFeatures(settings, visual: prompt.visual)
  }

  private static func entries(_ settings: PruningSettings, _ prompt: Prompt, _ model: TextModel) -> Double {
    Double(model.layers * prompt.text) + visualEntries(settings, prompt, model)
  }

  private static func visualEntries(
    _ settings: PruningSettings, _ prompt: Prompt, _ model: TextModel
  ) -> Double {
    let kept = settings.keptTokens(of: prompt.visual)
    return (0..<model.layers).reduce(0.0) { $0 + settings.visualEntries(of: $1, prompt.visual, kept: kept) }
  }
}
