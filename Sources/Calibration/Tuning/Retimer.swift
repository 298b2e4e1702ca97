import Compute
import Evaluation
public import Inference
import Models
public import Plan

/// Measures the times of stored points again, on the box where they will run: what a point does to answers does not
/// depend on the box, how long it takes does.
public struct Retimer {
  private let context: Context
  private let repetitions: Int
  private let statePath: String?
  private static let steps = 16

  /// A retimer that runs every point `repetitions` times, and once to warm up; `statePath` is where its state is saved,
  /// if anywhere.
  public init(_ context: Context, repetitions: Int, statePath: String? = nil) {
    self.context = context
    self.repetitions = repetitions
    self.statePath = statePath
  }

  /// The same points with new times, points taking turns on the question; dense's times are those of the same run.
  ///
  /// With `resuming`, what the state file has is not measured again.
  ///
  /// - Parameter weightsDigest: tells the state of one plan from that of another.
  public func retime(
    _ points: [OperatingPoint], images: [String], layout: PromptLayout, weightsDigest: String = "",
    resuming: Bool = false, reporter: any ProgressReporter
  ) throws -> [OperatingPoint] {
    var settings: [PruningSettings] = [.dense]
    for point in points where !settings.contains(point.settings) { settings.append(point.settings) }
    let key = try RetimingState.Key(
      settings, weights: weightsDigest, layout, images: images, repetitions: repetitions,
      threads: context.pool.count, cache: context.model.cachePrecision.rawValue)
    var state = try resuming ? RetimingState.load(statePath, key: key) : RetimingState(key: key)
    let saving = PacedSaving<RetimingState> { try $0.save(statePath) }
    try saving.keeping {
      try measure(settings, images, layout, &state, reporter, save: saving.offer)
    }
    // The first turn fills caches and buffers.
    let image = Statistics.median(Array(state.image.dropFirst()))
    let runs = settings.indices.map { index in
      state.times.dropFirst(settings.count).enumerated().filter { $0.offset % settings.count == index }
        .map(\.element)
    }
    return points.map { point in
      guard var figures = point.figures, let index = settings.firstIndex(of: point.settings) else {
        return point
      }
      figures.imageSeconds = image
      figures.prefillSeconds = Statistics.median(runs[index].map(\.prefill))
      figures.densePrefillSeconds = Statistics.median(runs[0].map(\.prefill))
      figures.selectionSeconds = Statistics.median(runs[index].map(\.selection))
      figures.decodeSecondsPerToken = Statistics.median(runs[index].map(\.step))
      figures.denseDecodeSecondsPerToken = Statistics.median(runs[0].map(\.step))
      return OperatingPoint(name: point.name, settings: point.settings, figures: figures)
    }
  }

  /// Measures what a state does not have yet.
  private func measure(
    _ settings: [PruningSettings], _ images: [String], _ layout: PromptLayout, _ state: inout RetimingState,
    _ reporter: any ProgressReporter, save: (RetimingState) throws -> Void
  ) throws {
    let schedules = try settings.map { try context.model.schedule($0) }
    let total = (repetitions + 1) * settings.count
    reporter.begin("timing \(settings.count) settings", total: total)
    try reporter.advance(by: state.times.count)
    var isCold = !state.times.isEmpty
    while state.times.count < total {
      let (turn, place) = state.times.count.quotientAndRemainder(dividingBy: settings.count)
      let start = StageClock.now
      let features = try images.map {
        try context.encode(try context.model.prepareImage(at: $0, among: images.count))
      }
      let prompt = try context.embed(layout, images: features)
      if state.image.count == turn { state.image.append(StageClock.now - start) }
      // What goes on in the middle has cold caches and buffers, too.
      if isCold { _ = try TimedRun(prompt, schedules[0], steps: Self.steps, context) }
      isCold = false
      for schedule in schedules.dropFirst(place) {
        state.times.append(SettingsTime(try TimedRun(prompt, schedule, steps: Self.steps, context)))
        try save(state)
        try reporter.advance(by: 1)
      }
    }
    reporter.end("\(repetitions) repetitions")
  }
}
