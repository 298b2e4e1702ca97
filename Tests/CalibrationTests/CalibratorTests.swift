import Evaluation
import Foundation
import Inference
import Models
import Plan
import Testing
import TestSupport

@testable import Calibration

/// A whole calibration on pictures of noise: the same record however often it was stopped.
@Suite(.endsWithin(minutes: 5)) struct CalibratorTests {
  private let folder: TemporaryFolder
  private let context: Context
  private let set: SampleSet
  private let options: CalibrationOptions

  init() throws {
    folder = try TemporaryFolder()
    context = try TinyContext.open(in: folder)
    set = try SampleSet(contentsOf: TinyContext.writeSet(in: folder, count: 2))
    var options = CalibrationOptions()
    options.maxTokens = 4
    options.attentionWindow = 4
    options.keepRatios = [0.5]
    self.options = options
  }

  @Test func `the record is complete and says what it was made from`() throws {
    let record = try calibrate()
    let rankings = try #require(record.layerReduction)
    let profile = try #require(record.cacheRetention)
    #expect(rankings.feedForward.sorted() == [0, 1, 2, 3] && rankings.attention.sorted() == [0, 1, 2, 3])
    #expect(rankings.feedForwardDivergence.count == 4 && rankings.attentionDivergence.count == 4)
    #expect(rankings.attentionWindow == 4 && rankings.neuronShare == 0.2)
    #expect(profile.retention.count == 4 && profile.answers?.values.count == 4 * 2 * 16)
    #expect(record.tokenPruning != nil && record.horizon?.divergence.count == 4)
    #expect(record.provenance.samples == 2)
    #expect(try record.provenance.setDigest == set.digest())
  }

  @Test func `a plan takes the record and gives it back`() throws {
    let record = try calibrate()
    var contents = TinyContext.contents
    contents.calibration = record
    #expect(try text(TinyContext.open(contents, in: folder).model.contents.calibration) == text(record))
  }

  @Test func `the same seed gives the same record`() throws {
    #expect(try text(calibrate()) == text(calibrate()))
  }

  @Test func `progress adds up to what was announced`() throws {
    let reporter = RecordingProgress()
    _ = try calibrate(exhaustive: true, reporter: reporter)
    // A search may have fewer candidates than it could, and entries are not ranked by what no answer shows.
    for stage in reporter.stages where stage.name != "token pruning" && stage.name != "cache retention" {
      #expect(stage.done == stage.total, "\(stage.name)")
    }
    #expect(reporter.stages.allSatisfy { $0.done <= $0.total })
    #expect(reporter.stages.count == 10)
    // Candidates that leave early do less than was announced, and choose the same.
    let shorter = RecordingProgress()
    let record = try calibrate(reporter: shorter)
    #expect(shorter.stages.allSatisfy { $0.done <= $0.total } && shorter.stages.count == 10)
    let whole = try calibrate(exhaustive: true)
    #expect(record.layerReduction == whole.layerReduction)
    #expect(record.tokenPruning?.chosen == whole.tokenPruning?.chosen)
  }

  @Test func `a finished state gives the record without another trial`() throws {
    let whole = try calibrate(state: "state.json")
    let reporter = RecordingProgress()
    #expect(try text(calibrate(state: "state.json", resuming: true, reporter: reporter)) == text(whole))
    #expect(reporter.stages.isEmpty)
  }

  @Test(arguments: [1, 2, 5, 10, 20, 30, 40, 45, 50])
  func `stopped anywhere and resumed, the record is the same`(
    steps: Int
  ) throws {
    let whole = try text(calibrate())
    var stops = 0
    var resumed: String?
    // Each attempt gets a little further; a state that was lost would never finish.
    while resumed == nil, stops < 400 {
      do {
        let reporter = StoppingProgress(after: steps * (stops + 1))
        resumed = try text(calibrate(state: "state.json", resuming: true, reporter: reporter))
      } catch is StoppingProgress.Stop { stops += 1 }
    }
    #expect(resumed == whole && stops > 0)
  }

  @Test func `every stage saves within itself`() throws {
    // Each stop comes a step later; what one has found, the next does not find again.
    var found: [String: Set<String>] = [:]
    for steps in 0..<400 {
      let reporter = StoppingProgress(after: steps)
      do {
        _ = try calibrate(state: "state.json", reporter: reporter)
        break
      } catch is StoppingProgress.Stop {
        guard let data = FileManager.default.contents(atPath: folder.file("state.json")) else { continue }
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        for (stage, state) in object["stages"] as? [String: String] ?? [:] {
          found[stage, default: []].insert(state)
        }
        try folder.remove("state.json")
      }
    }
    for stage in ["token_pruning", "layer_reduction", "cache_retention", "horizon"] {
      // Two samples: at least a state after the first, and the one at the end.
      #expect(found[stage, default: []].count >= 2, "\(stage)")
    }
  }

  @Test func `a state of something else, or a broken one, is an error that says so`() throws {
    _ = try calibrate(state: "state.json")
    let path = folder.file("state.json")
    func resume(_ change: (inout CalibrationOptions) -> Void, weights: String = "w") throws {
      var other = options
      change(&other)
      _ = try Calibrator(context, options: other, statePath: path).calibrate(
        set, weightsDigest: weights, resuming: true, reporter: SilentProgress())
    }
    for (change, difference) in [
      ({ $0.seed = 77 }, "with --seed \(options.seed), not 77"),
      ({ $0.attentionWindow = nil }, "with --window"), ({ $0.neuronShare = 0.5 }, "with other candidates"),
    ] as [((inout CalibrationOptions) -> Void, String)] {
      let error = #expect(throws: CalibrationError.self) { try resume(change) }
      #expect(error?.description.hasPrefix("\(path): was made \(difference)") == true, "\(error as Any)")
    }
    let plan = #expect(throws: CalibrationError.self) { try resume({ _ in }, weights: "v") }
    #expect(plan?.description == "\(path): was made of another plan: --restart drops it")
    #expect(throws: CalibrationError.self) {
      try CalibrationState.check(path, samples: "another", options: options)
    }
    try folder.write("{ broken", to: "state.json")
    let broken = #expect(throws: CalibrationError.self) { try resume { _ in } }
    #expect(broken?.description.contains("cannot be read") == true)
  }

  @Test func `a state that cannot be saved is said in one line`() throws {
    let path = folder.file("no/such/folder/state.json")
    let error = #expect(throws: CalibrationError.self) {
      try Calibrator(context, options: options, statePath: path).calibrate(
        set, weightsDigest: "w", resuming: false, reporter: SilentProgress())
    }
    #expect(
      error?.description
        == "\(path): the state of the calibration cannot be saved: No such file or directory (folder "
        + "\(folder.file("no/such/folder")))")
  }

  @Test func `tuned points stay within their budgets of lost agreement`() throws {
    let record = try calibrate()
    var contents = TinyContext.contents
    contents.calibration = record
    let calibrated = try TinyContext.open(contents, in: folder)
    var options = Tuner.Options()
    (options.trials, options.maxTokens) = (40, 4)
    let points = try Tuner(calibrated, record: record, options: options)
      .tune(set, reporter: SilentProgress()).points
    #expect(points.map(\.name) == ["dense"] + PointBudget.standard.map(\.name))
    #expect(points.first?.settings.isDense == true)
    for (point, budget) in zip(points.dropFirst(), PointBudget.standard) {
      let figures = try #require(point.figures)
      #expect(1 - figures.agreement <= (budget.maximumLoss ?? 1) + 1e-9)
      #expect(figures.samples == 2)
    }
  }

  private func calibrate(
    state: String? = nil, resuming: Bool = false, exhaustive: Bool = false,
    reporter: any ProgressReporter = SilentProgress()
  ) throws -> CalibrationRecord {
    var options = options
    options.isExhaustive = exhaustive
    return try Calibrator(context, options: options, statePath: state.map { folder.file($0) }).calibrate(
      set, weightsDigest: "w", resuming: resuming, reporter: reporter)
  }

  /// All numbers of a record; unlike `==` it takes NaN for NaN.
  private func text(_ record: CalibrationRecord?) -> String { "\(String(describing: record))" }
}
