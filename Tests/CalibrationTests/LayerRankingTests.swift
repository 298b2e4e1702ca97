@testable import Calibration
import Compute
import Inference
import Models
import PlanFormat
import TestSupport
import Testing

/// The greedy ranking of layers (section 2 of the methods).
@Suite struct LayerRankingTests {
  static let kinds: [LayerRankingSearch.Kind] = [.feedForward, .attention]

  @Test(arguments: kinds) func `is a permutation of the layers with a divergence a rank`(
    kind: LayerRankingSearch.Kind
  ) throws {
    let engine = try TinyModel.engine()
    let result = try rank(kind, engine)
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
    let engine = try Engine(TinyModel.description, weights: weights, threads: 1)
    let samples = try preparedSet(engine)
    let search = search(kind, engine, prior: prior)
    let result = try rank(kind, engine, prior: prior)
    #expect(result.ranked != [3, 2, 1, 0])
    for rank in 1...4 {
      let schedule = search.schedule(Array(result.ranked.prefix(rank)))
      #expect(abs(result.divergence[rank - 1] - freshDivergence(samples, schedule, engine)) < 1e-12)
    }
    #expect((result.divergence.last ?? 0) > 1e-4)
  }

  @Test(arguments: kinds) func `each rank is the layer that hurts least on top of those before`(
    kind: LayerRankingSearch.Kind
  ) throws {
    let engine = try TinyModel.engine()
    let samples = try preparedSet(engine)
    let result = try rank(kind, engine)
    for round in 0..<4 {
      let before = Array(result.ranked.prefix(round))
      let trials = (0..<4).filter { !before.contains($0) }.map { layer in
        freshDivergence(samples, search(kind, engine).schedule(before + [layer]), engine)
      }
      #expect(abs((trials.min() ?? 0) - result.divergence[round]) < 1e-12)
    }
  }

  /// Nothing reads the visual rows behind the last layer.
  @Test(arguments: kinds) func `the last layer is free`(kind: LayerRankingSearch.Kind) throws {
    let result = try rank(kind, try TinyModel.engine())
    #expect(result.ranked.first == 3)
    #expect(result.divergence[0] < 1e-6 && result.divergence[1] > 1e-6)
  }

  @Test(arguments: kinds, 0..<3) func `behind the last layer, one whose part does nothing goes first`(
    kind: LayerRankingSearch.Kind, layer: Int
  ) throws {
    var weights = RandomWeights(seed: 1)
    let part = kind == .feedForward ? "down" : "attention_output"
    weights.factors = [TextModel.layerWeight(layer, part): 0]
    let result = try rank(kind, try Engine(TinyModel.description, weights: weights, threads: 1))
    #expect(Array(result.ranked.prefix(2)) == [3, layer])
    #expect(result.divergence[1] < 1e-6 && result.divergence[2] > 1e-6)
  }

  @Test func `ties go to the deeper layer`() throws {
    var weights = RandomWeights(seed: 1)
    for layer in [0, 1, 3] { weights.factors[TextModel.layerWeight(layer, "down")] = 0 }
    let engine = try Engine(TinyModel.description, weights: weights, threads: 1)
    #expect(try rank(.feedForward, engine).ranked == [3, 1, 0, 2])
    // A window that hides nothing: every layer ties.
    let wide = try rank(.attention, try TinyModel.engine(), window: 32)
    #expect(wide.ranked == [3, 2, 1, 0])
  }

  @Test(arguments: kinds, [0, 1, 3, 4, 9]) func `prior layers go first, deepest first`(
    kind: LayerRankingSearch.Kind, prior: Int
  ) throws {
    let result = try rank(kind, try TinyModel.engine(), prior: prior)
    #expect(Array(result.ranked.prefix(prior)) == [3, 2, 1, 0].prefix(prior).map(\.self))
    #expect(result.ranked.sorted() == [0, 1, 2, 3] && result.divergence.count == 4)
  }

  @Test(arguments: kinds, 1...3) func `goes on from a saved state to the same ranking`(
    kind: LayerRankingSearch.Kind, rounds: Int
  ) throws {
    let engine = try TinyModel.engine()
    let whole = try rank(kind, engine)
    let saved = LayerRankingSearch.Progress(
      ranked: Array(whole.ranked.prefix(rounds)), divergence: Array(whole.divergence.prefix(rounds)))
    #expect(try rank(kind, engine, from: saved) == whole)
  }

  @Test(arguments: 0..<12)
  func `stopped anywhere, it goes on from the last finished round to the same ranking`(
    steps: Int
  ) throws {
    let engine = try TinyModel.engine()
    let samples = try preparedSet(engine)
    let search = search(.feedForward, engine)
    var saved = LayerRankingSearch.Progress()
    #expect(throws: StoppingProgress.Stop.self) {
      try search.rank(samples, from: saved, reporter: StoppingProgress(after: steps)) { saved = $0 }
    }
    #expect(saved.ranked.count == steps / 3)
    #expect(try rank(.feedForward, engine, from: saved) == rank(.feedForward, engine))
  }

  @Test func `reducing the text rows instead is a fresh run of its own`() throws {
    let engine = try TinyModel.engine()
    let samples = try preparedSet(engine)
    var schedule = Schedule(layers: 4)
    for layer in 0..<4 {
      schedule.layers[layer].neurons = .probed(NeuronProbe(neuronShare: 0.2, reducesText: true))
    }
    let control = search(.feedForward, engine).textRowDivergence(samples)
    #expect(abs(control - freshDivergence(samples, schedule, engine)) < 1e-12)
    #expect(control > 0)
  }

  private func search(
    _ kind: LayerRankingSearch.Kind, _ engine: Engine, prior: Int = 0, window: Int = 3
  ) -> LayerRankingSearch {
    var options = CalibrationOptions()
    options.priorLayers = prior
    return LayerRankingSearch(kind: kind, engine: engine, options: options, window: window)
  }

  private func rank(
    _ kind: LayerRankingSearch.Kind, _ engine: Engine, prior: Int = 0, window: Int = 3,
    from progress: LayerRankingSearch.Progress = .init()
  ) throws -> LayerRankingSearch.Progress {
    try search(kind, engine, prior: prior, window: window).rank(
      preparedSet(engine), from: progress, reporter: SilentProgress()
    ) { _ in }
  }
}
