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

  /// Times dense and the seeds of the search, and what the methods ask for beside them, in turn.
  func measure(_ reporter: any ProgressReporter) throws -> Result {
    let settings = space.timedPlaces.map { space.settings($0) }
    let schedules = try settings.map { try context.model.schedule($0) }
    let few = (0..<min(Self.prompts, prompts.count)).map {
      prompts[$0 * prompts.count / min(Self.prompts, prompts.count)]
    }
    guard let first = few.first else { throw CalibrationError("no samples to measure costs on") }
    reporter.begin("measuring costs", total: (Self.turns + 1) * few.count * settings.count)
    var runs = Array(repeating: [TimedRun](), count: settings.count)
    for turn in 0...Self.turns {
      for prompt in few {
        for (index, schedule) in schedules.enumerated() {
          let run = try TimedRun(prompt, schedule, steps: Self.steps, context)
          // The first turn fills caches and buffers.
          if turn > 0 { runs[index].append(run) }
          try reporter.advance(by: 1)
        }
      }
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
