import Foundation
import Inference
import Models
import Plan
import PlanFile
import Testing
import TestSupport

@testable import Evaluation

/// What a point is measured against, at its own budget.
@Suite(.endsWithin(minutes: 1)) struct BaselineTests {
  private let folder: TemporaryFolder
  private let runner: SampleRunner
  private let set: SampleSet
  private static let text = {
    var text = TextModel()
    text.layers = 4
    return text
  }()
  private static let point = OperatingPoint(
    name: "point",
    settings: PruningSettings(
      tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 1),
      layerReduction: LayerReduction(feedForwardLayers: [2, 3]),
      cacheRetention: CacheRetention(rates: [1, 0.5, 0.25, 1])))

  init() throws {
    folder = try TemporaryFolder()
    runner = SampleRunner(try TinyContext.open(in: folder), maxTokens: 4)
    set = try SampleSet(contentsOf: TinyContext.writeSet(in: folder, count: 3))
  }

  @Test func `names are those of options and come back`() {
    for baseline in Baseline.standard { #expect(Baseline(name: baseline.name) == baseline) }
    #expect(Baseline(name: "nonsense") == nil)
    #expect(Set(Baseline.standard.map(\.name)).isSuperset(of: ["random", "stride", "pooling", "fastv"]))
  }

  @Test func `a rule takes the place of the point's own, chance with five seeds`() {
    let random = Baseline.rule(.random).contenders(to: Self.point, Self.text)
    #expect(random.map { $0.point.settings.tokenPruning?.seed } == [0, 1, 2, 3, 4])
    #expect(random.allSatisfy { $0.point.name == "point+random" && $0.opponent == "point" })
    #expect(random.allSatisfy { $0.point.settings.cacheRetention == Self.point.settings.cacheRetention })
    #expect(Baseline.rule(.semiRelaxed).contenders(to: Self.point, Self.text).isEmpty)
    #expect(Baseline.rule(.stride).contenders(to: .dense, Self.text).isEmpty)
    var late = Self.point
    late.settings.tokenPruning?.layer = 3
    let fastV = Baseline.rule(.fastV).contenders(to: late, Self.text)
    #expect(fastV.map { $0.point.settings.tokenPruning?.layer } == [1])
  }

  @Test func `shuffling keeps how much is reduced and changes where`() {
    let shuffled = Baseline.shuffled.contenders(to: Self.point, Self.text).map(\.point.settings)
    #expect(shuffled.count == 5 && shuffled.contains { $0 != Self.point.settings })
    for settings in shuffled {
      #expect(settings.layerReduction?.feedForwardLayers.count == 2)
      #expect(settings.cacheRetention?.rates.sorted() == [0.25, 0.5, 1, 1])
    }
    var even = Self.point
    even.settings.layerReduction?.feedForwardLayers = [0, 1, 2, 3]
    even.settings.cacheRetention?.rates = [0.5, 0.5, 0.5, 0.5]
    #expect(Baseline.shuffled.contenders(to: even, Self.text).isEmpty, "it would be the point itself")
  }

  @Test func `reduced pictures keep the point's share of pixels`() {
    var recovering = Self.point
    recovering.settings.tokenPruning?.keepRatio = 0.4
    recovering.settings.tokenPruning?.recoveryStride = 3
    let contender = Baseline.reducedImage.contenders(to: recovering, Self.text)
    #expect(contender.map(\.input) == [.reduced(share: 0.6)])
    #expect(contender.allSatisfy { $0.point.settings.isDense })
  }

  @Test func `every baseline runs, and no picture is no visual token`() throws {
    let contenders =
      [Contender(point: .dense), Contender(point: Self.point)]
      + Baseline.standard.flatMap { $0.contenders(to: $0 == .noImage ? .dense : Self.point, Self.text) }
    let scores = try Evaluator(runner).evaluate(set, contenders: contenders)
    for score in scores {
      let kept = score.mean(\.visualKept)
      switch score.contender.baseline {
      case .rule, .shuffled: #expect(kept == 8, "\(score.point.name)")
      case .noImage: #expect(kept == 0 && score.mean(\.visualEntryShare) == 0)
      case nil, .reducedImage, .fewestPixels: break
      }
      if score.point.name != "dense" { #expect(score.divergence > 0, "\(score.point.name)") }
    }
    let baselines = BaselineScore.all(in: scores)
    // The tiny model's resolution is fixed.
    #expect(baselines.map(\.baseline) == Baseline.standard.filter { $0 != .fewestPixels })
    #expect(baselines.map(\.runs.count) == [5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5, 1])
  }

  @Test(.tags(.slow), .skippedWhenFast)
  func `the fewest pixels are those that take nearest to as long as the point`() throws {
    let context = Context(try Model(Plan(contentsOf: try TilePlan.path())), threads: 1)
    let runner = SampleRunner(context, maxTokens: 8)
    let set = try SampleSet(contentsOf: TilePlan.scenes.appendingPathComponent("validation.jsonl").path)
      .first(3)
    let tiles = PruningSettings(picture: PictureSettings(tileSelection: TileSelection(threshold: 1.5)))
    let resolutions = [672, 448, 224].map { Resolution(.longestEdge, $0) }
    let contenders = Contender.all(
      points: [.dense, OperatingPoint(name: "tiles", settings: tiles)], baselines: [.fewestPixels],
      text: context.model.text, resolutions: resolutions)
    #expect(contenders.map(\.point.settings.picture.resolution) == [nil, nil] + resolutions)
    let scores = try Evaluator(runner).evaluate(set, contenders: contenders)
    let score = try #require(BaselineScore.all(in: scores).first)
    #expect(BaselineScore.all(in: scores).count == 1 && score.point == "tiles")
    func ratio(_ other: PointScore) -> Double {
      abs(log(other.median(\.firstTokenSeconds) / scores[1].median(\.firstTokenSeconds)))
    }
    let run = try #require(score.runs.first)
    #expect(score.runs.count == 1 && scores.dropFirst(2).allSatisfy { ratio(run) <= ratio($0) })
    #expect(score.verdict.contains("fewest_pixels (\(run.point.name))"))
    // Pixels that are not looked at cost neither tower nor prompt.
    let (dense, least) = (scores[0], scores[4])
    #expect(least.mean(\.visualKept) < dense.mean(\.visualKept) / 4)
    #expect(least.median(\.visionSeconds) < dense.median(\.visionSeconds))
  }

  @Test func `a point beside itself gains nothing, and says so`() throws {
    let same = Contender(point: Self.point, baseline: .rule(.stride), opponent: "point")
    let scores = try Evaluator(runner).evaluate(set, contenders: [Contender(point: Self.point), same])
    let score = try #require(BaselineScore.all(in: scores).first)
    #expect(score.gain.difference == 0 && score.gain.interval == [0, 0] && score.gain.pValue == 1)
    #expect(score.divergenceGain.difference == 0)
    #expect(score.verdict.contains("cannot be told from stride"))
  }

  @Test func `hard questions are those that the least detailed picture gets wrong`() throws {
    let contenders =
      [Contender(point: .dense)]
      + [0.9, 0.01].map { share in
        Contender(
          point: OperatingPoint(name: "reduced \(share)", settings: .dense), input: .reduced(share: share),
          baseline: .reducedImage, opponent: "dense")
      }
    let scores = try Evaluator(runner).evaluate(set, contenders: contenders)
    let wrong = scores[2].samples.indices.filter { scores[2].samples[$0].quality == 0 }
    let hard = try #require(HardQuestions(scores))
    #expect(hard.indices == wrong && !wrong.isEmpty)
    #expect(hard.source == "reduced 0.01" && hard.quality(of: scores[0]) == 1)
    #expect(HardQuestions([scores[0]]) == nil)
  }

  @Test func `a point that removes nothing is an error`() throws {
    // Every dropped token comes back.
    let idle = OperatingPoint(
      name: "idle",
      settings: PruningSettings(
        tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 1, recoveryStride: 1)))
    let scores = try Evaluator(runner).evaluate(set, points: [.dense, Self.point, idle])
    try scores[0].checkPruned()
    try scores[1].checkPruned()
    let error = #expect(throws: EvaluationError.self) { try scores[2].checkPruned() }
    #expect(error?.description.hasPrefix("idle: ") ?? false)
  }

  @Test func `pictures used before are found by their bytes`() throws {
    let digests = try set.pictureDigests()
    #expect(digests.count == 3 && Set(digests).count == 3)
    try set.checkDisjoint(from: [], usedFor: "calibration")
    try set.checkDisjoint(from: [String(repeating: "0", count: 64)], usedFor: "calibration")
    try folder.write(TinyPicture.png(seed: 1), to: "renamed.png")
    let other = try SampleSet(
      contentsOf: folder.write(#"{"image": "renamed.png", "prompt": "what"}"#, to: "other.jsonl"))
    let error = #expect(throws: SampleSetError.self) {
      try other.checkDisjoint(from: digests, usedFor: "calibration")
    }
    #expect(error?.reason.hasPrefix("shares 1 of its 1 pictures with the calibration set") ?? false)
  }
}
