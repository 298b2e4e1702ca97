import Evaluation
import Inference
import Plan
import Reporting
import TestSupport

extension ReportTests {
  static let half = OperatingPoint(
    name: "half",
    settings: PruningSettings(
      tokenPruning: TokenPruning(rule: .semiRelaxed, keepRatio: 0.5, layer: 1),
      layerReduction: LayerReduction(feedForwardLayers: [2, 3], attentionLayers: [1]),
      cacheRetention: CacheRetention(rates: [1, 0.5, 0.25, 1])))

  /// The tiny model with a calibration and a point made up by hand.
  static var contents: PlanContents {
    var contents = TinyContext.contents
    let layers = contents.model.text.layers
    let heads = contents.model.text.keyValueHeads
    var lens = LayerRankings()
    lens.feedForward = (0..<Int32(layers)).reversed()
    lens.attention = Array(0..<Int32(layers))
    lens.feedForwardDivergence = (0..<layers).map { 0.001 * Double($0) }
    lens.attentionDivergence = (0..<layers).map { 0.01 * Double($0 * $0) }
    var profile = RetentionProfile()
    profile.visionAttentionMean = (0..<layers).map { 0.1 + 0.2 * Double($0) }
    profile.visionAttentionDeviation = profile.visionAttentionMean
    profile.visionAttentionByHead = (0..<layers * heads).map { Double($0) / Double(layers * heads) }
    profile.retention = profile.visionAttentionMean.map(profile.thresholds.retention)
    profile.layerClass = profile.visionAttentionMean.map { profile.thresholds.layerClass(of: $0).rawValue }
    var search = CostSearch()
    search.keepRatios = [0.5]
    search.candidates = ImportanceRule.allCases.enumerated().map { index, rule in
      CostCandidate(settings: TokenPruning(rule: rule, keepRatio: 0.5, layer: 1), divergence: Double(index))
    }
    contents.calibration = CalibrationRecord(
      tokenPruning: search, layerReduction: lens, cacheRetention: profile, provenance: CalibrationProvenance()
    )
    var figures = MeasuredFigures()
    (figures.samples, figures.accuracy, figures.accuracyInterval) = (3, 0.5, [0.4, 0.6])
    (figures.prefillSeconds, figures.densePrefillSeconds) = (0.01, 0.02)
    (figures.decoderFLOPs, figures.denseDecoderFLOPs) = (1, 2)
    var measured = half
    measured.figures = figures
    var dense = OperatingPoint.dense
    figures.prefillSeconds = 0.02
    dense.figures = figures
    contents.points = [dense, measured]
    contents.front = [measured, dense]
    return contents
  }

  /// An evaluation of dense and the point on three questions, one of them hostile.
  static func record(in folder: TemporaryFolder) throws -> EvaluationRecord {
    var contents = TinyContext.contents
    contents.prompt.openings += [
      .init(.first, segments: [.literal("Q")]), .init(.last, segments: [.literal("Q")]),
    ]
    contents.prompt.closings += [
      .init(.first, segments: [.literal("A"), .reply]), .init(.last, segments: [.literal("A")]),
    ]
    let context = try TinyContext.open(contents, in: folder)
    let runner = SampleRunner(context, maxTokens: 4)
    _ = try TinyContext.writeSet(in: folder, count: 2)
    let lines = [
      #"{"id": "s<0>", "image": "0.png", "prompt": "<img src=x>", "answer": "a", "task": "<b>"}"#,
      #"{"id": "s1", "image": "0.png", "prompt": "what 1", "answer": "b", "task": "two"}"#,
      #"{"id": "s2", "image": "1.png", "prompt": "what 2", "answer": "c", "task": "two"}"#,
    ]
    let set = try SampleSet(contentsOf: folder.write(lines.joined(separator: "\n"), to: "three.jsonl"))
    let points = [OperatingPoint.dense, half]
    let contenders = Contender.all(
      points: points, baselines: [.rule(.stride), .reducedImage, .noImage],
      text: context.model.text)
    let scores = try Evaluator(runner).evaluate(set, contenders: contenders)
    let second = try SecondTurnEvaluator(runner).evaluate(set, points: points)
    let patches = try PatchSurvey(runner, points: points).survey(set, drawing: [0, 2])
    return EvaluationRecord(
      set: "three.jsonl", setDigest: "00", threads: 1, maxTokens: 4, scores: scores, secondTurns: second,
      patches: patches)
  }
}
