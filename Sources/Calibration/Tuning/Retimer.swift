import Evaluation
public import Inference
import Models
public import Plan

/// Measures the times of stored points again, on the box where they will run: what a point does to answers does not
/// depend on the box, how long it takes does.
public struct Retimer {
  private let context: Context
  private let repetitions: Int
  private static let steps = 16

  /// A retimer that runs every point `repetitions` times, and once to warm up.
  public init(_ context: Context, repetitions: Int) {
    self.context = context
    self.repetitions = repetitions
  }

  /// The same points with new times, points taking turns on the question; dense's times are those of the same run.
  public func retime(
    _ points: [OperatingPoint], images: [String], layout: PromptLayout, reporter: any ProgressReporter
  ) throws -> [OperatingPoint] {
    var settings: [PruningSettings] = [.dense]
    for point in points where !settings.contains(point.settings) { settings.append(point.settings) }
    let schedules = try settings.map { try context.model.schedule($0) }
    reporter.begin("timing \(settings.count) settings", total: (repetitions + 1) * settings.count)
    var image: [Double] = []
    var runs = Array(repeating: [TimedRun](), count: settings.count)
    for turn in 0...repetitions {
      let start = StageClock.now
      let features = try images.map {
        try context.encode(try context.model.prepareImage(at: $0, among: images.count))
      }
      let prompt = try context.embed(layout, images: features)
      if turn > 0 { image.append(StageClock.now - start) }
      for index in settings.indices {
        // The first turn fills caches and buffers.
        let run = try TimedRun(prompt, schedules[index], steps: Self.steps, context)
        if turn > 0 { runs[index].append(run) }
        try reporter.advance(by: 1)
      }
    }
    reporter.end("\(repetitions) repetitions")
    return points.map { point in
      guard var figures = point.figures, let index = settings.firstIndex(of: point.settings) else {
        return point
      }
      figures.imageSeconds = Statistics.median(image)
      figures.prefillSeconds = Statistics.median(runs[index].map(\.prefill))
      figures.densePrefillSeconds = Statistics.median(runs[0].map(\.prefill))
      figures.selectionSeconds = Statistics.median(runs[index].map(\.selection))
      figures.decodeSecondsPerToken = Statistics.median(runs[index].map(\.step))
      figures.denseDecodeSecondsPerToken = Statistics.median(runs[0].map(\.step))
      return OperatingPoint(name: point.name, settings: point.settings, figures: figures)
    }
  }
}
