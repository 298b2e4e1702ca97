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

    fileprivate var pictureSeconds: [Double] { pictures.map { $0.image + $0.vision } }
    fileprivate var settingsSeconds: [Double] {
      settings.map { $0.prefill + Double(SettingsTiming.steps) * $0.step }
    }
  }

  /// Seconds that the pictures of a question took.
  struct PictureTime: Codable {
    var image: Double
    var vision: Double
  }

  /// What progress calls the two stages.
  struct Titles {
    let pictures: String
    let settings: String

    /// Of the settings by which the costs of all others are modelled.
    static let search = Titles(pictures: "timing pictures", settings: "timing settings")
    /// Of what a search found.
    static let candidates = Titles(
      pictures: "timing pictures of candidates", settings: "timing candidates")
  }

  private let context: Context
  private let samples: [Sample]
  private let settings: [PruningSettings]
  private let views: [PictureSettings]
  private let titles: Titles
  private let pictureTurns: TimingTurns
  private let settingsTurns: TimingTurns

  /// Questions that are asked.
  static let questions = 3
  /// Decoding steps behind each prefill.
  static let steps = 12

  /// - Parameter turns: turns of each question behind the one that warms up.
  init(
    _ context: Context, _ samples: [Sample], _ settings: [PruningSettings], turns: Int = 3,
    titles: Titles = .search
  ) {
    self.titles = titles
    self.context = context
    self.samples = samples.spread(Self.questions)
    self.settings = settings
    views = settings.map(\.picture).uniqued
    pictureTurns = TimingTurns(plan: self.samples.count * views.count, turns: turns)
    settingsTurns = TimingTurns(plan: self.samples.count * settings.count, turns: turns)
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
    let warmUps = (
      pictures: samples.count * pictureTurns.warmUp(times.pictureSeconds),
      settings: samples.count * settingsTurns.warmUp(times.settingsSeconds)
    )
    for index in settings.indices {
      let own = times.settings.turns(of: index, among: settings.count, warmUp: warmUps.settings)
      let view = views.firstIndex(of: settings[index].picture) ?? 0
      let pictures = times.pictures.turns(of: view, among: views.count, warmUp: warmUps.pictures)
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
    let plan = pictureTurns.plan
    reporter.begin(titles.pictures, total: pictureTurns.total(times.pictureSeconds))
    try reporter.advance(by: times.pictures.count)
    while times.pictures.count < pictureTurns.total(times.pictureSeconds) {
      let place = times.pictures.count % plan
      let prompt = try encode(place)
      prompts[place] = prompt.rows
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
    let plan = settingsTurns.plan
    reporter.begin(titles.settings, total: settingsTurns.total(times.settingsSeconds))
    try reporter.advance(by: times.settings.count)
    var prompts = known
    var isCold = !times.settings.isEmpty
    while times.settings.count < settingsTurns.total(times.settingsSeconds) {
      let place = times.settings.count
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
