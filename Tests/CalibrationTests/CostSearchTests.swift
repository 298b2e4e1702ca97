import Compute
import Evaluation
import Inference
import Models
import Plan
import Testing
import TestSupport

@testable import Calibration

/// The search for TopV's rule and cost weights, and the retention profile.
@Suite(.endsWithin(minutes: 1)) struct CostSearchTests {
  private let context: Context
  private let samples: [PreparedSample]
  private let options: CalibrationOptions

  init() throws {
    context = try TinyModel.context()
    samples = try preparedSet(context)
    var options = CalibrationOptions()
    options.keepRatios = [0.5, 0.2]
    options.pruneLayers = [1, 2, 7]
    self.options = options
  }

  @Test func `every candidate's divergence is that of a fresh run with its settings`() throws {
    let result = try search()
    for candidate in result.candidates {
      let schedule = try Schedule(
        PruningSettings(tokenPruning: candidate.settings), for: TinyModel.description)
      // Rules that read the question must not take an answer behind it for a part of it.
      let readsQuestion = candidate.settings.rule.readsQuestion
      let fresh =
        readsQuestion
        ? try decodedDivergence(samples, schedule, context) : try freshDivergence(samples, schedule, context)
      #expect(
        abs(candidate.divergence - fresh) < (readsQuestion ? 1e-6 : 1e-12),
        "\(candidate.settings)")
    }
  }

  @Test func `every rule and baseline is tried at every keep ratio, and nothing twice`() throws {
    let result = try search()
    for rule in ImportanceRule.allCases {
      let ratios = result.candidates.filter { $0.settings.rule == rule }.map(\.settings.keepRatio)
      #expect(Set(ratios) == [0.5, 0.2], "\(rule)")
    }
    for (index, candidate) in result.candidates.enumerated() {
      #expect(!result.candidates[..<index].contains { $0.settings == candidate.settings })
    }
    #expect(result.candidates.allSatisfy { $0.settings.layer < 3 }, "layer 7 does not exist")
  }

  @Test func `the choice was tried, and no start rule beats it at every ratio`() throws {
    let result = try search()
    #expect(result.chosen.keepRatio == 0.5 && result.keepRatios == [0.5, 0.2])
    #expect(result.candidates.contains { $0.settings == result.chosen })
    func divergences(_ settings: TokenPruning) -> [Double] {
      options.keepRatios.compactMap { ratio in
        var trial = settings
        trial.keepRatio = ratio
        return result.candidates.first { $0.settings == trial }?.divergence
      }
    }
    let chosen = divergences(result.chosen)
    for rule in ImportanceRule.allCases {
      let other = divergences(TokenPruning(rule: rule, keepRatio: 1, layer: 1))
      #expect(other.count == 2 && !zip(other, chosen).allSatisfy { $0 < $1 }, "\(rule)")
    }
  }

  @Test func `the retention profile is what dense's last prompt row shows`() throws {
    let profiler = RetentionProfiler(context: context, options: options)
    let profile = try profiler.profile(try SamplePool(samples, context), reporter: SilentProgress())
    var watcher = MassWatcher()
    var masses: [[Double]] = []
    for sample in samples {
      watcher.masses = []
      _ = try context.prefill(sample.prompt.copy(), schedule: Schedule(layers: 4), observer: &watcher)
      masses.append(watcher.masses)
    }
    for layer in 0..<4 {
      let mean = masses.reduce(0) { $0 + $1[layer] } / 3
      #expect(abs(profile.visionAttentionMean[layer] - mean) < 1e-6)
      let heads = profile.visionAttentionByHead[layer * 2..<layer * 2 + 2]
      #expect(abs(heads.reduce(0, +) / 2 - mean) < 1e-6)
      #expect(
        profile.retention[layer] == profile.thresholds.retention(of: profile.visionAttentionMean[layer]))
    }
    #expect(profile.layerClass.contains(2) && profile.layerClass.contains(0))
  }

  @Test func `a ranking's divergence is that of decoding behind its cache`() throws {
    let profiler = RetentionProfiler(context: context, options: options)
    // The first two samples are gathered on, the third is what the rankings are compared on.
    let profile = try profiler.profile(try SamplePool(samples, context), reporter: SilentProgress())
    let gathered = try profiler.profile(
      try SamplePool([samples[0], samples[1]], context), reporter: SilentProgress())
    let compared = samples[2]
    #expect(profile.candidates.count >= 8 * 3 - 6)
    for candidate in profile.candidates {
      let retention = CacheRetention(
        rates: Array(repeating: candidate.rate, count: 4), ranking: candidate.ranking,
        evenShare: candidate.evenShare)
      let schedule = try Schedule(
        PruningSettings(cacheRetention: retention), for: TinyModel.description,
        calibration: record(gathered))
      let prefill = try context.prefill(compared.prompt.copy(), schedule: schedule, PrefillRange(reserve: 8))
      var state = context.startDecoding(prefill.copy(reserve: 64))
      var rows = state.logits.elements
      for token in compared.reference.answer.dropLast() {
        context.decode(token, &state)
        rows += state.logits.elements
      }
      let logits = MatrixView(rows: compared.reference.answer.count, columns: 50, elements: rows)
      let fresh = compared.reference.distributions.divergence(ofReduced: logits)
      #expect(abs(candidate.divergence - fresh) < 1e-5, "\(candidate)")
      #expect(candidate.longAnswerDivergence.isNaN, "no answer has 16 tokens")
    }
  }

  private func search() throws -> CostSearch {
    try TransportCostSearch(context: context, options: options)
      .run(try SamplePool(samples, context), from: nil, reporter: SilentProgress()) { _ in }.search
  }

  /// A record of a profile alone.
  private func record(_ profile: RetentionProfile) -> CalibrationRecord {
    CalibrationRecord(cacheRetention: profile, provenance: CalibrationProvenance())
  }

  private struct MassWatcher: Observer {
    var masses: [Double] = []
    var watchedRows: Int { 1 }
    mutating func didAttend(layer: Int, attention: MatrixView, rows: TokenRows) {
      masses.append(
        VisualAttention(attention: attention, visualRows: rows.visualRows, queryHeads: 4).mean)
    }
  }
}
