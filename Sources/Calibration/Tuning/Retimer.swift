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
    let views = settings.map(\.picture).uniqued
    func pictures(_ settings: PruningSettings) -> [SettingsTiming.PictureTime] {
      state.pictures.turns(of: views.firstIndex(of: settings.picture) ?? 0, among: views.count)
    }
    let runs = settings.indices.map { state.times.turns(of: $0, among: settings.count) }
    return points.map { point in
      guard var figures = point.figures, let index = settings.firstIndex(of: point.settings) else {
        return point
      }
      let own = pictures(point.settings)
      figures.imageSeconds = Statistics.median(own.map { $0.image + $0.vision })
      figures.visionSeconds = Statistics.median(own.map(\.vision))
      if !point.settings.picture.isDense {
        figures.denseImageSeconds = Statistics.median(pictures(.dense).map { $0.image + $0.vision })
      }
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
    let views = settings.map(\.picture).uniqued
    var isCold = !state.times.isEmpty
    while state.times.count < total {
      let (turn, place) = state.times.count.quotientAndRemainder(dividingBy: settings.count)
      var prompts: [PictureSettings: PromptRows] = [:]
      for (index, view) in views.enumerated() {
        let start = StageClock.now
        let pictures = try images.map {
          try context.model.prepareImage(at: $0, among: images.count, at: view)
        }
        let middle = StageClock.now
        let features = try pictures.map { try context.encode($0, at: view) }
        let end = StageClock.now
        prompts[view] = try context.embed(layout, images: features)
        if state.pictures.count == turn * views.count + index {
          state.pictures.append(.init(image: middle - start, vision: end - middle))
        }
      }
      for index in place..<settings.count {
        guard let prompt = prompts[settings[index].picture] else { continue }
        // What goes on in the middle has cold caches and buffers, too.
        if isCold { _ = try TimedRun(prompt, schedules[index], steps: Self.steps, context) }
        isCold = false
        state.times.append(
          SettingsTime(try TimedRun(prompt, schedules[index], steps: Self.steps, context)))
        try save(state)
        try reporter.advance(by: 1)
      }
    }
    reporter.end("\(repetitions) repetitions")
  }
}
