import Compute
import Inference
import Models
import Plan
import Testing
import TestSupport

@testable import Calibration

/// The greedy ranking of layers (section 2 of the methods).
@Suite(.endsWithin(minutes: 1)) struct LayerRankingTests {
  static let kinds: [LayerRankingSearch.Kind] = [.feedForward, .attention]

  @Test(arguments: kinds) func `is a permutation of the layers with a divergence a rank`(
    kind: LayerRankingSearch.Kind
  ) throws {
    let context = try TinyModel.context()
    let result = try rank(kind, context)
    #expect(result.ranked.sorted() == [0, 1, 2, 3])
    #expect(result.divergence.count == 4 && result.divergence.allSatisfy { $0.isFinite && $0 >= 0 })
  }

  @Test(arguments: kinds, [0, 2])
  func `the recorded divergence is that of a fresh run with those layers reduced`(
    kind: LayerRankingSearch.Kind, prior: Int
  ) throws {
    // Layer 0 does little and is ranked before a deeper one, whose trials then start at states behind it.
    var weights = RandomWeights(seed: 1)
    for part in ["down", "attention_output"] { weights.factors[TextModel.layerWeight(0, part)] = 0.05 }
    let context = try TinyModel.context(TinyModel.description, weights: weights, threads: 1)
    let samples = try preparedSet(context)
    let search = search(kind, context, prior: prior)
    let result = try rank(kind, context, prior: prior)
    #expect(result.ranked != [3, 2, 1, 0])
    for rank in 1...4 {
      let schedule = search.schedule(Array(result.ranked.prefix(rank)))
      #expect(try abs(result.divergence[rank - 1] - freshDivergence(samples, schedule, context)) < 1e-12)
    }
    #expect((result.divergence.last ?? 0) > 1e-4)
  }

  @Test(arguments: kinds) func `each rank is the layer that hurts least on top of those before`(
    kind: LayerRankingSearch.Kind
  ) throws {
    let context = try TinyModel.context()
    let samples = try preparedSet(context)
    let result = try rank(kind, context)
    for round in 0..<4 {
      let before = Array(result.ranked.prefix(round))
      let trials = try (0..<4).filter { !before.contains($0) }.map { layer in
        try freshDivergence(samples, search(kind, context).schedule(before + [layer]), context)
      }
      #expect(abs((trials.min() ?? 0) - result.divergence[round]) < 1e-12)
    }
  }

  /// Nothing reads the visual rows behind the last layer.
  @Test(arguments: kinds) func `the last layer is free`(kind: LayerRankingSearch.Kind) throws {
    let result = try rank(kind, try TinyModel.context())
    #expect(result.ranked.first == 3)
    #expect(result.divergence[0] < 1e-6 && result.divergence[1] > 1e-6)
  }

  @Test(arguments: kinds, 0..<3) func `behind the last layer, one whose part does nothing goes first`(
    kind: LayerRankingSearch.Kind, layer: Int
  ) throws {
    var weights = RandomWeights(seed: 1)
    let part = kind == .feedForward ? "down" : "attention_output"
    weights.factors = [TextModel.layerWeight(layer, part): 0]
    let result = try rank(kind, try TinyModel.context(TinyModel.description, weights: weights, threads: 1))
    // Both tie but for rounding: rows are multiplied in other groups where a layer is reduced.
    #expect(Set(result.ranked.prefix(2)) == [3, layer])
    #expect(result.divergence[1] < 1e-6 && result.divergence[2] > 1e-6)
  }

  @Test func `ties go to the deeper layer`() throws {
    var weights = RandomWeights(seed: 1)
    for layer in [0, 1, 3] { weights.factors[TextModel.layerWeight(layer, "down")] = 0 }
    let context = try TinyModel.context(TinyModel.description, weights: weights, threads: 1)
    #expect(try rank(.feedForward, context).ranked == [3, 1, 0, 2])
    // A window that hides nothing: every layer ties.
    let wide = try rank(.attention, try TinyModel.context(), window: 32)
    #expect(wide.ranked == [3, 2, 1, 0])
  }

  @Test(arguments: kinds, [0, 1, 3, 4, 9]) func `prior layers go first, deepest first`(
    kind: LayerRankingSearch.Kind, prior: Int
  ) throws {
    let result = try rank(kind, try TinyModel.context(), prior: prior)
    #expect(Array(result.ranked.prefix(prior)) == [3, 2, 1, 0].prefix(prior).map(\.self))
    #expect(result.ranked.sorted() == [0, 1, 2, 3] && result.divergence.count == 4)
  }

  @Test(arguments: kinds, 1...3) func `goes on from a saved state to the same ranking`(
    kind: LayerRankingSearch.Kind, rounds: Int
  ) throws {
    let context = try TinyModel.context()
    let whole = try rank(kind, context)
    let saved = LayerRankingSearch.Progress(
      ranked: Array(whole.ranked.prefix(rounds)), divergence: Array(whole.divergence.prefix(rounds)))
    #expect(try text(rank(kind, context, from: saved)) == text(whole))
  }

  @Test(arguments: [0, 1, 2, 4, 7, 11, 16, 20])
  func `stopped anywhere, it goes on from there to the same ranking`(
    steps: Int
  ) throws {
    let context = try TinyModel.context()
    let samples = try preparedPool(context)
    let search = search(.feedForward, context)
    var saved = LayerRankingSearch.Progress()
    #expect(throws: StoppingProgress.Stop.self) {
      try search.rank(samples, first: 3, from: saved, reporter: StoppingProgress(after: steps)) { saved = $0 }
    }
    #expect(try saved.ranked[...] == rank(.feedForward, context).ranked.prefix(saved.ranked.count))
    #expect(try text(rank(.feedForward, context, from: saved)) == text(rank(.feedForward, context)))
  }

  @Test func `reducing the text rows instead is a fresh run of its own`() throws {
    let context = try TinyModel.context()
    let samples = try preparedSet(context)
    var schedule = Schedule(layers: 4)
    for layer in 0..<4 {
      schedule.layers[layer].neurons = .probed(NeuronProbe(neuronShare: 0.2, reducesText: true))
    }
    let control = try search(.feedForward, context).textRowDivergence(preparedPool(context), first: 3)
    #expect(try abs(control - freshDivergence(samples, schedule, context)) < 1e-12)
    #expect(control > 0)
  }

  private func search(
    _ kind: LayerRankingSearch.Kind, _ context: Context, prior: Int = 0, window: Int = 3
  ) -> LayerRankingSearch {
    var options = CalibrationOptions()
    options.priorLayers = prior
    return LayerRankingSearch(kind: kind, context: context, options: options, window: window)
  }

  private func rank(
    _ kind: LayerRankingSearch.Kind, _ context: Context, prior: Int = 0, window: Int = 3,
    from progress: LayerRankingSearch.Progress = .init()
  ) throws -> LayerRankingSearch.Progress {
    try search(kind, context, prior: prior, window: window).rank(
      preparedPool(context), first: 3, from: progress, reporter: SilentProgress()
    ) { _ in }
  }

  /// What was found.
  private func text(_ progress: LayerRankingSearch.Progress) -> String {
    "\(progress.ranked) \(progress.divergence)"
  }
}
