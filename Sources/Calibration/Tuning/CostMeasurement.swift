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

  private let context: Context
  private let samples: [Sample]
  private let space: SettingsSpace

  /// Questions whose sizes are looked up.
  private static let sized = 12

  init(_ context: Context, _ samples: [Sample], _ record: CalibrationRecord) {
    self.context = context
    self.samples = samples
    space = SettingsSpace(record, context.model.text)
  }

  /// Dense and the seeds of the search, and what the methods ask for beside them.
  private var settings: [PruningSettings] { space.timedPlaces.map { space.settings($0) } }

  /// What times them in turn.
  var timing: SettingsTiming { SettingsTiming(context, samples, settings) }

  /// Fits the model to times of all of them, and ends the stage with how far it is off.
  func fit(_ times: SettingsTiming.Times, _ reporter: any ProgressReporter) throws -> Result {
    let settings = settings
    let found = timing.medians(times)
    let measured = zip(settings, found.times).map { settings, times in
      CostModel.Sample(
        settings: settings, image: times.image - times.vision, vision: times.vision, prefill: times.prefill,
        step: times.step)
    }
    let model = CostModel(context.model.description, sizes: try sizes, samples: measured)
    func error(_ modelled: (PruningSettings) -> Double, _ time: (CostModel.Sample) -> Double) -> String {
      let errors = measured.map { abs(modelled($0.settings) - time($0)) / time($0) }
      return "\(Int((100 * Statistics.mean(errors)).rounded())) %"
    }
    reporter.end(
      "\(settings.count) settings, modelled pictures off by "
        + "\(error(model.imageSeconds) { $0.image + $0.vision }), prefill by "
        + "\(error(model.prefillSeconds) { $0.prefill }), first token by "
        + error(model.firstTokenSeconds) { $0.image + $0.vision + $0.prefill })
    let dense = settings.firstIndex(of: .dense).map { found.kvBytes[$0] }
    return Result(model: model, denseKVBytes: Double(dense ?? 0))
  }

  /// The model of a machine on which every operation takes the same time: what is known without measuring any.
  func count() throws -> Result {
    let sizes = try sizes
    let means = sizes.means(at: .dense)
    let precision = context.model.cachePrecision
    let text = context.model.text
    let entryBytes = text.entryLayers.reduce(0) {
      $0 + 2 * text.attentionShape(of: $1).keyWidth * precision.elementSize
    }
    return Result(
      model: CostModel(counting: context.model.description, sizes: sizes),
      denseKVBytes: Double((means.text + means.visual) * entryBytes))
  }

  private var sizes: PromptSizes {
    get throws { try PromptSizes(context, samples.spread(Self.sized), space.preparations) }
  }
}
