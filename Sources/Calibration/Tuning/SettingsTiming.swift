import Compute
import Evaluation
import Inference
import Models
import Plan

/// Times settings of all kinds on a few questions, in turn, so that a machine that slows down slows all of them alike.
struct SettingsTiming {
  /// What has been measured so far.
  struct Times: Codable {
    /// Each way to encode pictures in turn, question after question, turn after turn.
    var pictures: [PictureTime] = []
    /// Each setting in turn, question after question, turn after turn.
    var settings: [SettingsTime] = []
  }

  /// Seconds that the pictures of a question took.
  struct PictureTime: Codable {
    var image: Double
    var vision: Double
  }

  /// What progress calls the two stages.
  static let picturesTitle = "timing pictures"
  static let settingsTitle = "timing settings"

  private let context: Context
  private let samples: [Sample]
  private let settings: [PruningSettings]
  private let views: [PictureSettings]
  /// Turns of each question behind the one that warms up.
  private let turns: Int

  /// Questions that are asked.
  static let questions = 3
  /// Decoding steps behind each prefill.
  static let steps = 12

  init(_ context: Context, _ samples: [Sample], _ settings: [PruningSettings], turns: Int = 3) {
    self.context = context
    self.samples = samples.spread(Self.questions)
    self.settings = settings
    self.turns = turns
    views = settings.map(\.picture).uniqued
  }

  /// Medians of what was measured, for each of the settings.
  struct Result {
    var times: [AnswerTimes]
    /// KV bytes at the end of prefill.
    var kvBytes: [Int]
  }

  /// Measures what is not known yet; `save` is told all times as they grow. The stage of the settings is left to be ended.
  func measure(
    from known: Times, _ reporter: any ProgressReporter, save: (Times) throws -> Void
  ) throws -> Times {
    guard !samples.isEmpty else { throw CalibrationError("no samples to measure costs on") }
    var times = known
    var prompts: [PromptRows?] = Array(repeating: nil, count: samples.count * views.count)
    try measurePictures(&prompts, &times, reporter, save)
    try measureSettings(prompts, &times, reporter, save)
    return times
  }

  /// Medians of all that was measured.
  func medians(_ times: Times) -> Result {
    var result = Result(times: [], kvBytes: [])
    for index in settings.indices {
      let own = times.settings.turns(of: index, among: settings.count, warmUp: samples.count)
      let view = views.firstIndex(of: settings[index].picture) ?? 0
      let pictures = times.pictures.turns(of: view, among: views.count, warmUp: samples.count)
      result.times.append(
        AnswerTimes(
          image: Statistics.median(pictures.map { $0.image + $0.vision }),
          vision: Statistics.median(pictures.map(\.vision)), prefill: Statistics.median(own.map(\.prefill)),
          selection: Statistics.median(own.map(\.selection)), step: Statistics.median(own.map(\.step))))
      result.kvBytes.append(own.last?.kvBytes ?? 0)
    }
    return result
  }

  /// Encodes the pictures of some questions in every way, in turn; `prompts` gets the prompts of the last turn.
  private func measurePictures(
    _ prompts: inout [PromptRows?], _ times: inout Times, _ reporter: any ProgressReporter,
    _ save: (Times) throws -> Void
  ) throws {
    let plan = samples.count * views.count
    reporter.begin(Self.picturesTitle, total: (turns + 1) * plan)
    try reporter.advance(by: times.pictures.count)
    for place in times.pictures.count..<max(times.pictures.count, (turns + 1) * plan) {
      let prompt = try encode(place % plan)
      prompts[place % plan] = prompt.rows
      times.pictures.append(PictureTime(image: prompt.imageSeconds, vision: prompt.visionSeconds))
      try save(times)
      try reporter.advance(by: 1)
    }
    reporter.end("\(views.count) ways to look at a picture")
  }

  /// The prompt of a place in a turn of `measurePictures`.
  private func encode(_ place: Int) throws -> TimedPrompt {
    let (sample, view) = place.quotientAndRemainder(dividingBy: views.count)
    return try SampleRunner(context).timedPrompt(samples[sample], view: PictureView(settings: views[view]))
  }

  /// Runs every setting on some questions, in turn.
  private func measureSettings(
    _ known: [PromptRows?], _ times: inout Times, _ reporter: any ProgressReporter,
    _ save: (Times) throws -> Void
  ) throws {
    let schedules = try settings.map { try context.model.schedule($0) }
    let plan = samples.count * settings.count
    let total = (turns + 1) * plan
    reporter.begin(Self.settingsTitle, total: total)
    try reporter.advance(by: times.settings.count)
    var prompts = known
    var isCold = !times.settings.isEmpty
    for place in times.settings.count..<max(times.settings.count, total) {
      let (sample, index) = (place % plan).quotientAndRemainder(dividingBy: settings.count)
      let own = sample * views.count + (views.firstIndex(of: settings[index].picture) ?? 0)
      let prompt = try prompts[own] ?? encode(own).rows
      prompts[own] = prompt
      // What goes on in the middle has cold caches and buffers.
      if isCold { _ = try TimedRun(prompt, schedules[index], steps: Self.steps, context) }
      isCold = false
      times.settings.append(SettingsTime(try TimedRun(prompt, schedules[index], steps: Self.steps, context)))
      try save(times)
      try reporter.advance(by: 1)
    }
  }
}
