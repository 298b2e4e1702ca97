import Evaluation
import Inference
import Plan
import Testing
import TestSupport

@testable import Calibration

/// Times measured anew: they change, what points do to answers does not.
@Suite(.endsWithin(minutes: 1)) struct RetimerTests {
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
