import Evaluation
import Inference
import Plan

/// What settings cost on this machine, from a few measurements: seconds of each stage of a first token, and of a decoding
/// step (section 10 of the methods).
///
/// Preparing a picture grows with its pixels, the tower with its linear work and its attention. Prefill is a sum of what
/// grows with linear work, with attention, with choosing tokens and entries, and of what is always there; a step grows
/// with the KV entries it reads. A search asks it thousands of times; what a search finds is measured.
struct CostModel {
  /// Times of one setting, measured.
  struct Sample {
    var settings: PruningSettings
    /// Seconds to read and prepare the pictures.
    var image = 0.0
    /// Seconds of the tower and the projector.
    var vision = 0.0
    /// Seconds of prefill.
    var prefill: Double
    /// Seconds of a decoding step.
    var step: Double
  }

  private let counter: OperationCounter
  private let model: TextModel
  private let sizes: PromptSizes
  private let image: [Double]
  private let vision: [Double]
  private let prefill: [Double]
  private let step: [Double]

  /// Fits to measured times.
  init(_ description: ModelDescription, sizes: PromptSizes, samples: [Sample]) {
    model = description.text
    self.sizes = sizes
    let (counter, model) = (OperationCounter(description.text), description.text)
    self.counter = counter
    func fit(_ features: (PruningSettings) -> [Double], _ value: KeyPath<Sample, Double>) -> [Double] {
      LeastSquares.fit(samples.map { features($0.settings) }, samples.map { $0[keyPath: value] })
    }
    image = fit({ Self.imageFeatures(sizes.means(at: $0.picture)) }, \.image)
    vision = fit({ Self.visionFeatures(sizes.means(at: $0.picture)) }, \.vision)
    prefill = fit({ Self.features($0, sizes, counter) }, \.prefill)
    step = fit({ [1, Self.entries($0, sizes, model)] }, \.step)
  }

  /// A model by which every operation takes a picosecond and nothing else any time: for shares of a first token where
  /// nothing is timed.
  init(counting description: ModelDescription, sizes: PromptSizes) {
    model = description.text
    self.sizes = sizes
    counter = OperationCounter(description.text)
    let second = 1e-12
    image = [0, 0]
    vision = [0, second, second]
    let others = Methods.costFeatures(.dense, visual: 0).count
    prefill = [0, second, second] + Array(repeating: 0, count: others)
    step = [0, second]
  }

  /// Seconds to read and prepare the pictures and to run the tower over them.
  func imageSeconds(_ settings: PruningSettings) -> Double {
    let means = sizes.means(at: settings.picture)
    return Self.product(image, Self.imageFeatures(means)) + Self.product(vision, Self.visionFeatures(means))
  }

  /// Seconds of prefill.
  func prefillSeconds(_ settings: PruningSettings) -> Double {
    Self.product(prefill, Self.features(settings, sizes, counter))
  }

  /// Seconds from the pictures to the first token.
  func firstTokenSeconds(_ settings: PruningSettings) -> Double {
    imageSeconds(settings) + prefillSeconds(settings)
  }

  /// Seconds of a decoding step behind the prompt.
  func stepSeconds(_ settings: PruningSettings) -> Double {
    step[0] + step[1] * Self.entries(settings, sizes, model)
  }

  /// Operations of the decoder in prefill, as a share of dense.
  func operationShare(_ settings: PruningSettings) -> Double {
    operations(settings) / operations(.dense)
  }

  private func operations(_ settings: PruningSettings) -> Double {
    let prompt = sizes.means(at: settings.picture)
    return counter.prefill(
      text: prompt.text, visual: prompt.visual, kept: settings.keptTokens(of: prompt.visual),
      settings: settings)
  }

  /// Visual KV entries at the end of prefill, as a share of dense.
  func entryShare(_ settings: PruningSettings) -> Double {
    Self.visualEntries(settings, sizes, model)
      / Double(max(1, model.entryLayers.count * sizes.means(at: .dense).visual))
  }

  private static func product(_ coefficients: [Double], _ features: [Double]) -> Double {
    zip(coefficients, features).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func imageFeatures(_ means: PromptSizes.Means) -> [Double] { [1, means.pixels] }

  private static func visionFeatures(_ means: PromptSizes.Means) -> [Double] {
    [means.inputs, means.work.linear, means.work.attention]
  }

  private static func features(
    _ settings: PruningSettings, _ sizes: PromptSizes, _ counter: OperationCounter
  ) -> [Double] {
    let prompt = sizes.means(at: settings.picture)
    let kept = settings.keptTokens(of: prompt.visual)
    let work = counter.work(text: prompt.text, visual: prompt.visual, kept: kept, settings: settings)
    return [1, work.linear, work.attention] + Methods.costFeatures(settings, visual: prompt.visual)
  }

  private static func entries(
    _ settings: PruningSettings, _ sizes: PromptSizes, _ model: TextModel
  ) -> Double {
    Double(model.entryLayers.count * sizes.means(at: settings.picture).text)
      + visualEntries(settings, sizes, model)
  }

  private static func visualEntries(
    _ settings: PruningSettings, _ sizes: PromptSizes, _ model: TextModel
  ) -> Double {
    let visual = sizes.means(at: settings.picture).visual
    let kept = settings.keptTokens(of: visual)
    return model.entryLayers.reduce(0.0) { $0 + settings.visualEntries(of: $1, visual, kept: kept) }
  }
}
