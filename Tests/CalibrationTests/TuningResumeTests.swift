import Evaluation
import Foundation
import Inference
import Plan
import Testing
import TestSupport

@testable import Calibration

/// A tuning that was stopped goes on with what it has measured.
@Suite(.endsWithin(minutes: 5)) struct TuningResumeTests {
  private let folder: TemporaryFolder
  private let context: Context
  private let set: SampleSet
  private let record: CalibrationRecord
  private var state: String { folder.file("state") }

  init() throws {
    folder = try TemporaryFolder()
    set = try SampleSet(contentsOf: TinyContext.writeSet(in: folder, count: 4))
    var contents = TinyContext.contents
    var profile = HorizonProfile()
    profile.divergence = [0.14, 0.1, 0.05, 0]
    var search = CostSearch()
    search.keepRatios = [0.5]
    search.chosen = TokenPruning(rule: .sinkhorn, keepRatio: 0.5, layer: 1)
    search.candidates = [.init(settings: search.chosen, divergence: 0.01)]
    var provenance = CalibrationProvenance()
    provenance.samples = 4
    record = CalibrationRecord(tokenPruning: search, horizon: profile, provenance: provenance)
    contents.calibration = record
    context = try TinyContext.open(contents, in: folder)
  }

  private func tune(
    _ reporter: any ProgressReporter = SilentProgress(), resuming: Bool = true,
    _ change: (inout Tuner.Options) -> Void = { _ in }
  ) throws -> Tuner.Result {
    var options = Tuner.Options()
    (options.trials, options.maxTokens) = (25, 3)
    change(&options)
    return try Tuner(context, record: record, options: options, statePath: state)
      .tune(set, weightsDigest: "w", resuming: resuming, reporter: reporter)
  }

  /// All that was found, times included.
  private func text(_ result: Tuner.Result) -> String { "\(result)" }

  @Test func `a finished state gives the same points and times without another run`() throws {
    let whole = try text(tune())
    let reporter = RecordingProgress()
    #expect(try text(tune(reporter)) == whole)
    #expect(reporter.stages.allSatisfy { $0.done <= $0.total })
    #expect(try text(tune(resuming: false)) != whole, "times of two runs are never the same")
  }

  @Test(arguments: [1, 7, 40]) func `stopped anywhere, it goes on with what was measured`(steps: Int) throws {
    var stops = 0
    var resumed: Tuner.Result?
    var last: TuningState?
    // A search on fewer samples than the candidates run on, so that steps end there too.
    func tune(_ reporter: any ProgressReporter = SilentProgress(), resuming: Bool = true) throws
      -> Tuner.Result
    {
      try self.tune(reporter, resuming: resuming) { $0.screeningSamples = 2 }
    }
    while resumed == nil, stops < 400 {
      do { resumed = try tune(StoppingProgress(after: steps * (stops + 1))) } catch is StoppingProgress.Stop {
        stops += 1
        guard let data = FileManager.default.contents(atPath: state) else { continue }
        let saved = try SavedState.decoder.decode(TuningState.self, from: data)
        if let last {
          // What was measured once stays as it was.
          let (times, before) = (saved.times, last.times)
          #expect(times.pictures.prefix(before.pictures.count).map(\.vision) == before.pictures.map(\.vision))
          #expect(
            times.settings.prefix(before.settings.count).map(\.prefill) == before.settings.map(\.prefill))
          for (trial, before) in zip(saved.trials, last.trials) {
            #expect(before.moved.allSatisfy { trial.moved[$0.key] == $0.value })
          }
          #expect(
            times.pictures.count >= before.pictures.count && times.settings.count >= before.settings.count)
        }
        last = saved
      }
    }
    let result = try #require(resumed)
    #expect(stops > 0 && last?.trials.isEmpty == false)
    // Few steps at a time see every part of the work.
    if steps == 1 { #expect(last?.scores.isEmpty == false) }
    #expect(try text(tune()) == text(result))
    // What time does not decide is that of a run at once.
    let whole = try tune(resuming: false)
    let harms = Dictionary(
      whole.front.map { ("\($0.settings)", $0.figures?.divergence) }, uniquingKeysWith: { first, _ in first })
    for point in result.front {
      if let harm = harms["\(point.settings)"] { #expect(harm == point.figures?.divergence) }
    }
  }

  @Test func `a state of something else, or a broken one, is an error that says so`() throws {
    _ = try? tune(StoppingProgress(after: 60))
    let path = state
    func expect(_ reason: String, _ body: () throws -> Void) {
      let error = #expect(throws: CalibrationError.self) { try body() }
      #expect(error?.description == "\(path): \(reason): --restart drops it")
    }
    expect("was made with --trials 25, not 26") { _ = try tune { $0.trials = 26 } }
    expect("was made with --trial-samples 40, not 2") { _ = try tune { $0.screeningSamples = 2 } }
    expect("was made of another plan, or with another calibration") {
      _ = try Tuner(context, record: record, options: options(25), statePath: path)
        .tune(set, weightsDigest: "v", resuming: true, reporter: SilentProgress())
    }
    expect("was made with another set") {
      _ = try Tuner(context, record: record, options: options(25), statePath: path)
        .tune(set.first(2), weightsDigest: "w", resuming: true, reporter: SilentProgress())
    }
    expect("was made with other demands on the points") {
      let key = try Tuner.key(set, [], options(25), in: context)
      try TuningState.check(path, key)
    }
    try TuningState.check(path, Tuner.key(set, PointBudget.standard, options(25), in: context))
    try folder.write("{", to: "state")
    expect("cannot be read as the state of a tuning") { _ = try tune() }
  }

  private func options(_ trials: Int) -> Tuner.Options {
    var options = Tuner.Options()
    (options.trials, options.maxTokens) = (trials, 3)
    return options
  }
}
