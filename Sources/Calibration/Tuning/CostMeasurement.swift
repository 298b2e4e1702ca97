import Compute
import Evaluation
import Inference
import Models
import Plan

/// Measures what settings of all kinds cost on this machine, and fits the cost model to it.
struct CostMeasurement {
  /// The fitted model.
  struct Result {
    var model: CostModel
    /// KV bytes of dense.
    var denseKVBytes: Double
  }

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

  private let context: Context
  private let samples: [Sample]
  private let space: SettingsSpace
  private let settings: [PruningSettings]
  private let views: [PictureSettings]

  /// Questions and turns of each; decoding steps behind each prefill.
  private static let questions = 3
  private static let turns = 3
  private static let steps = 12
  /// Questions whose sizes are looked up.
  private static let sized = 12

  init(_ context: Context, _ samples: [Sample], _ record: CalibrationRecord) {
    self.context = context
    self.samples = samples
    space = SettingsSpace(record, layers: context.model.text.layers)
    settings = space.timedPlaces.map { [space] in space.settings($0) }
    views = settings.map(\.picture).uniqued
  }

  /// Times dense and the seeds of the search, and what the methods ask for beside them, in turn. Times that are known
  /// already are the first ones; `save` is told all of them as they grow.
  func measure(
    from known: Times = Times(), _ reporter: any ProgressReporter, save: (Times) throws -> Void = { _ in }
  ) throws -> Result {
    let few = samples.spread(Self.questions)
    guard !few.isEmpty else { throw CalibrationError("no samples to measure costs on") }
    var times = known
    var prompts: [PromptRows?] = Array(repeating: nil, count: few.count * views.count)
    try measurePictures(few, &prompts, &times, reporter, save)
    try measureSettings(few, prompts, &times, reporter, save)
    let sizes = try PromptSizes(context, samples.spread(Self.sized), space.preparations)
    let measured = settings.indices.map { index in
      let own = times.settings.turns(of: index, among: settings.count, warmUp: few.count)
      let view = views.firstIndex(of: settings[index].picture) ?? 0
      let pictures = times.pictures.turns(of: view, among: views.count, warmUp: few.count)
      return CostModel.Sample(
        settings: settings[index], image: Statistics.median(pictures.map(\.image)),
        vision: Statistics.median(pictures.map(\.vision)), prefill: Statistics.median(own.map(\.prefill)),
        step: Statistics.median(own.map(\.step)))
    }
    let model = CostModel(context.model.description, sizes: sizes, samples: measured)
    func error(_ modelled: (PruningSettings) -> Double, _ time: (CostModel.Sample) -> Double) -> String {
      let errors = measured.map { abs(modelled($0.settings) - time($0)) / time($0) }
      return "\(Int((100 * Statistics.mean(errors)).rounded())) %"
    }
    reporter.end(
      "\(settings.count) settings, modelled pictures off by "
        + "\(error(model.imageSeconds) { $0.image + $0.vision }), prefill by "
        + "\(error(model.prefillSeconds) { $0.prefill }), first token by "
        + error(model.firstTokenSeconds) { $0.image + $0.vision + $0.prefill })
    let dense = settings.firstIndex(of: .dense).flatMap { index in
      times.settings.turns(of: index, among: settings.count, warmUp: few.count).last
    }
    return Result(model: model, denseKVBytes: Double(dense?.kvBytes ?? 0))
  }

  /// Encodes the pictures of some questions in every way, in turn; `prompts` gets the prompts of the last turn.
  private func measurePictures(
    _ few: [Sample], _ prompts: inout [PromptRows?], _ times: inout Times, _ reporter: any ProgressReporter,
    _ save: (Times) throws -> Void
  ) throws {
    let plan = few.count * views.count
    reporter.begin("timing pictures", total: (Self.turns + 1) * plan)
    try reporter.advance(by: times.pictures.count)
    for place in times.pictures.count..<max(times.pictures.count, (Self.turns + 1) * plan) {
      let prompt = try encode(few, place % plan)
      prompts[place % plan] = prompt.rows
      times.pictures.append(PictureTime(image: prompt.imageSeconds, vision: prompt.visionSeconds))
      try save(times)
      try reporter.advance(by: 1)
    }
    reporter.end("\(views.count) ways to look at a picture")
  }

  /// The prompt of a place in a turn of `measurePictures`.
  private func encode(_ few: [Sample], _ place: Int) throws -> TimedPrompt {
    let (sample, view) = place.quotientAndRemainder(dividingBy: views.count)
    return try SampleRunner(context).timedPrompt(few[sample], view: PictureView(settings: views[view]))
  }

  /// Runs every setting on some questions, in turn.
  private func measureSettings(
    _ few: [Sample], _ known: [PromptRows?], _ times: inout Times, _ reporter: any ProgressReporter,
    _ save: (Times) throws -> Void
  ) throws {
    let schedules = try settings.map { try context.model.schedule($0) }
    let plan = few.count * settings.count
    let total = (Self.turns + 1) * plan
    reporter.begin("measuring costs", total: total)
    try reporter.advance(by: times.settings.count)
    var prompts = known
    var isCold = !times.settings.isEmpty
    for place in times.settings.count..<max(times.settings.count, total) {
      let (sample, index) = (place % plan).quotientAndRemainder(dividingBy: settings.count)
      let own = sample * views.count + (views.firstIndex(of: settings[index].picture) ?? 0)
      let prompt = try prompts[own] ?? encode(few, own).rows
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
