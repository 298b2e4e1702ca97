import Evaluation
import Inference
import Plan
import Testing
import TestSupport

@testable import Calibration

/// Times measured anew: they change, what points do to answers does not.
@Suite(.endsWithin(minutes: 1)) struct RetimerTests {
  @Test(arguments: [0, 1, 3, 5]) func `stopped anywhere, it goes on with what was measured`(steps: Int) throws
  {
    let folder = try TemporaryFolder()
    let context = try TinyContext.open(in: folder)
    let picture = try folder.write(TinyPicture.png(seed: 1), to: "1.png")
    let pruned = PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 0))
    let points = [
      OperatingPoint(name: "dense", settings: .dense, figures: MeasuredFigures()),
      OperatingPoint(name: "fast", settings: pruned, figures: MeasuredFigures()),
    ]
    func retime(
      _ reporter: any ProgressReporter, _ repetitions: Int = 2, question: String = "what"
    ) throws -> [OperatingPoint] {
      try Retimer(context, repetitions: repetitions, statePath: folder.file("state")).retime(
        points, images: [picture], layout: context.model.layout(prompt: question, images: 1),
        resuming: true, reporter: reporter)
    }
    #expect(throws: StoppingProgress.Stop.self) { try retime(StoppingProgress(after: 1 + steps)) }
    let saved = try RetimingState.load(folder.file("state"), key: key(folder))
    #expect(saved.times.count == steps + 1)
    let progress = RecordingProgress()
    let resumed = try retime(progress)
    #expect(progress.stages.map(\.done) == [6])
    let whole = try RetimingState.load(folder.file("state"), key: key(folder))
    #expect(whole.times.count == 6 && whole.pictures.count == 3)
    #expect(whole.times.prefix(steps + 1).map(\.prefill) == saved.times.map(\.prefill))
    #expect(try "\(retime(SilentProgress()))" == "\(resumed)")
    for (reason, body) in [
      ("was made with --repetitions 2, not 3", { try retime(SilentProgress(), 3) }),
      ("was made with another question", { try retime(SilentProgress(), question: "who") }),
    ] as [(String, () throws -> [OperatingPoint])] {
      let error = #expect(throws: CalibrationError.self) { try body() }
      #expect(error?.description == "\(folder.file("state")): \(reason): --restart drops it")
    }
  }

  /// The key of the state that is there.
  private func key(_ folder: TemporaryFolder) throws -> RetimingState.Key {
    let state: RetimingState? = try SavedState.read(folder.file("state"), "retiming")
    return try #require(state).key
  }

  @Test func `times are new, everything else is as it was`() throws {
    let folder = try TemporaryFolder()
    let context = try TinyContext.open(in: folder)
    let picture = try folder.write(TinyPicture.png(seed: 1), to: "1.png")
    var figures = MeasuredFigures()
    (figures.samples, figures.accuracy, figures.divergence, figures.prefillSeconds) = (7, 0.5, 0.01, 1e6)
    let pruned = PruningSettings(tokenPruning: TokenPruning(rule: .stride, keepRatio: 0.5, layer: 0))
    let points = [
      OperatingPoint(name: "dense", settings: .dense, figures: figures),
      OperatingPoint(name: "fast", settings: pruned, figures: figures),
      OperatingPoint(name: "bare", settings: pruned),
    ]
    let progress = RecordingProgress()
    let timed = try Retimer(context, repetitions: 2).retime(
      points, images: [picture], layout: context.model.layout(prompt: "what", images: 1), reporter: progress)
    #expect(timed.map(\.name) == points.map(\.name) && timed.map(\.settings) == points.map(\.settings))
    for figures in timed.compactMap(\.figures) {
      #expect(figures.samples == 7 && figures.accuracy == 0.5 && figures.divergence == 0.01)
      for seconds in [
        figures.imageSeconds, figures.prefillSeconds, figures.densePrefillSeconds,
        figures.decodeSecondsPerToken, figures.denseDecodeSecondsPerToken,
      ] { #expect(seconds > 0 && seconds < 1e3) }
      #expect(figures.firstTokenSeconds == figures.imageSeconds + figures.prefillSeconds)
    }
    #expect(timed[0].figures?.prefillSeconds == timed[1].figures?.densePrefillSeconds)
    #expect(timed[2].figures == nil)
    #expect(progress.stages.allSatisfy { $0.done == $0.total })
  }
}
