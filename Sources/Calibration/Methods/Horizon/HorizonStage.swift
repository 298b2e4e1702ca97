import Evaluation
import Figures
import Inference
import Models
import Plan

/// Measures what is lost when visual tokens leave behind each layer (section 9.1 of the methods).
///
/// What runs before the horizon is dense: each sample's rows are kept there, and the layers behind run on text alone.
struct HorizonStage: CalibrationStage {
  static let name = "horizon"
  /// What progress calls the stage.
  static let title = name
  let context: Context

  /// What was found so far.
  struct State: Codable {
    /// Divergences by layer, of the samples that have run.
    var known: [Int: [Double]] = [:]
    var result: HorizonProfile?

    /// The means, or nothing while samples are left.
    var profile: HorizonProfile { result ?? HorizonProfile() }
  }

  static func isFinished(_ state: State) -> Bool { state.result != nil }

  func run(
    _ samples: SamplePool, from state: State?, reporter: any ProgressReporter,
    save: (State) throws -> Void
  ) throws -> State {
    let layers = context.model.text.layers
    var state = state ?? State()
    reporter.begin(Self.title, total: samples.count)
    let found = try samples.results(
      at: 0..<samples.count, known: state.known, reporter: reporter,
      save: { known in
        state.known = known
        try save(state)
      }, { try divergences(of: samples.sample($0), layers: layers) })
    var profile = HorizonProfile()
    profile.divergence = (0..<layers).map { layer in Statistics.mean(found.map { $0[layer] }) }
    state.result = profile
    reporter.end("half of the layers: divergence \(Figure(profile.divergence[(layers - 1) / 2], .nats))")
    return state
  }

  /// Times all horizons of a sample.
  func forecast(_ probe: SampleProbe, over count: Int) throws -> StageForecast<State> {
    let layers = context.model.text.layers
    var state = State(result: HorizonProfile())
    let seconds = try probe.seconds { place in
      state.result?.divergence = try divergences(of: probe.samples.sample(place), layers: layers)
    }
    return StageForecast(
      parts: [StageEstimate(stage: Self.title, seconds: Double(count) * seconds)], samples: count,
      state: state)
  }

  static func merge(_ other: State, into state: inout State) {
    state.known.merge(other.known) { own, _ in own }
  }

  private func divergences(of sample: PreparedSample, layers: Int) throws -> [Double] {
    var recorder = BoundaryRecorder(layers: layers)
    let dense = try context.prefill(
      sample.forced(context), schedule: Schedule(layers: layers), observer: &recorder)
    var result = [sample.divergence(of: dense, context)]
    var cache: KeyValueCache?
    for layer in (0..<layers - 1).reversed() {
      // Behind what others read nothing leaves.
      guard layer <= context.model.text.lastLeavingLayer else {
        result.append(result[0])
        continue
      }
      guard let rows = recorder.inputs[layer + 1] else { continue }
      rows.keep(rows.textRuns.flatMap { Array($0) })
      let run = try context.prefill(
        sample.prompt.replacing(rows), schedule: Schedule(layers: layers),
        PrefillRange(from: layer + 1, cache: cache))
      cache = run.cache
      result.append(sample.divergence(of: run, context))
    }
    return result.reversed()
  }
}

/// The horizon as an axis of tuning: from none downwards, by what calibration says is bearable.
struct HorizonAxes: MethodAxes {
  /// Layers that may be the horizon, deepest first.
  private let layers: [Int]
  /// Harm beyond which no horizon is tried.
  private static let hopelessDivergence = 0.15

  init(_ profile: HorizonProfile, _ text: TextModel) {
    layers = profile.divergence.indices.dropLast().reversed().filter {
      $0 <= text.lastLeavingLayer && profile.divergence[$0] < Self.hopelessDivergence
    }
  }

  var axes: [SettingsAxis] { [SettingsAxis(count: layers.count + 1)] }
  var seeds: [[Int]] { [[0]] }
  var extraSeeds: [[Int]] { layers.isEmpty ? [] : [[(layers.count + 1) / 2], [layers.count]] }

  func apply(_ place: ArraySlice<Int>, to settings: inout PruningSettings) {
    if let step = place.first, step > 0 { settings.horizon = Horizon(layer: layers[step - 1]) }
  }
}
