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

  private let context: Context
  private let prompts: [PromptRows]
  private let space: SettingsSpace

  /// Prompts and turns of each; decoding steps behind each prefill.
  private static let prompts = 3
  private static let turns = 3
  private static let steps = 12

  init(_ context: Context, _ prompts: [PromptRows], _ record: CalibrationRecord) {
    self.context = context
    self.prompts = prompts
    space = SettingsSpace(record, layers: context.model.text.layers)
  }

  /// Times dense and the seeds of the search, and what the methods ask for beside them, in turn. Times that are known
  /// already are the first ones; `save` is told all of them as they grow.
  func measure(
    from known: [SettingsTime] = [], _ reporter: any ProgressReporter,
    save: ([SettingsTime]) throws -> Void = { _ in }
  ) throws -> Result {
    let settings = space.timedPlaces.map { space.settings($0) }
    let schedules = try settings.map { try context.model.schedule($0) }
    let few = (0..<min(Self.prompts, prompts.count)).map {
      prompts[$0 * prompts.count / min(Self.prompts, prompts.count)]
    }
    guard let first = few.first else { throw CalibrationError("no samples to measure costs on") }
    reporter.begin("measuring costs", total: (Self.turns + 1) * few.count * settings.count)
    let plan = (0...Self.turns).flatMap { _ in few.flatMap { prompt in schedules.map { (prompt, $0) } } }
    var times = Array(known.prefix(plan.count))
    try reporter.advance(by: times.count)
    if !times.isEmpty, times.count < plan.count {
      // What went on in the middle has cold caches and buffers, too.
      _ = try TimedRun(first, schedules[0], steps: Self.steps, context)
    }
    for (prompt, schedule) in plan.dropFirst(times.count) {
      let run = try TimedRun(prompt, schedule, steps: Self.steps, context)
      times.append(SettingsTime(run))
      try save(times)
      try reporter.advance(by: 1)
    }
    // The first turn fills caches and buffers.
    let counted = times.dropFirst(few.count * settings.count)
    let runs = settings.indices.map { index in
      counted.enumerated().filter { $0.offset % settings.count == index }.map(\.element)
    }
    let visual = first.rows.visualCount
    let samples = settings.indices.map {
      (
        settings: settings[$0], prefill: Statistics.median(runs[$0].map(\.prefill)),
        step: Statistics.median(runs[$0].map(\.step))
      )
    }
    let model = CostModel(
      context.model.text, prompt: .init(text: first.rows.count - visual, visual: visual),
      samples: samples)
    let errors = samples.map { abs(model.prefillSeconds($0.settings) - $0.prefill) / $0.prefill }
    reporter.end(
      "\(settings.count) settings, modelled prefill off by \(Int((100 * Statistics.mean(errors)).rounded())) %"
    )
    let dense = settings.firstIndex(of: .dense).flatMap { runs[$0].last }
    return Result(model: model, denseKVBytes: Double(dense?.kvBytes ?? 0))
  }
}
