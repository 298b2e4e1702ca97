import Compute
import Inference
import Plan

/// All pruning methods of the toolchain: the one list that a new method is entered in.
enum Methods {
  /// What tuning may choose, a method each, in the order of a place's numbers: those that calibration knows.
  static func axes(_ record: CalibrationRecord, layers: Int) -> [any MethodAxes] {
    let all: [(any MethodAxes)?] = [
      record.resolution.map { PictureAxis($0, isSeeded: false) },
      record.tileSelection.map { PictureAxis($0.ofBetterMarkup, isSeeded: true) },
      record.patchSelection.map { PictureAxis($0, isSeeded: true) },
      record.contrastSelection.map { PictureAxis($0, isSeeded: true) },
      record.towerPruning.map { PictureAxis($0, isSeeded: false) },
      record.towerReduction.map { TowerReductionAxes($0) },
      record.towerDepth.map { PictureAxis($0, isSeeded: false) },
      record.tokenPruning.map { TokenPruningAxes($0, layers: layers) },
      record.layerReduction.map { LayerReductionAxes($0) },
      record.cacheRetention.map { CacheRetentionAxes($0, layers: layers) },
      record.horizon.map { HorizonAxes($0) },
    ]
    return all.compactMap { $0 }
  }

  /// What work grows with beside the operations of the decoder.
  static func costFeatures(_ settings: PruningSettings, visual: Int) -> [Double] {
    TokenPruningAxes.costFeatures(settings, visual: visual)
      + LayerReductionAxes.costFeatures(settings, visual: visual)
      + CacheRetentionAxes.costFeatures(settings, visual: visual)
      + HorizonAxes.costFeatures(settings, visual: visual)
  }
}

extension Calibrator {
  /// Runs the stages of all methods, each from where it was.
  func runStages(
    _ samples: SamplePool, neuronOrder: NeuronOrder?, _ state: inout CalibrationState,
    _ reporter: any ProgressReporter
  ) throws -> CalibrationRecord {
    // Settings of pictures run the tower anew for each of their candidates.
    let (few, all) = (options.rankingLimit, options.isExhaustive)
    var record = CalibrationRecord(
      tokenPruning: try run(
        TransportCostSearch(context: context, options: options), samples, &state, reporter
      ).search,
      layerReduction: try run(
        LayerReductionStage(
          context: context, options: options, window: window, neuronOrder: neuronOrder?.decoder),
        samples, &state, reporter
      ).rankings,
      cacheRetention: try run(
        RetentionProfiler(context: context, options: options), samples, &state, reporter
      ).profile,
      horizon: try run(HorizonStage(context: context), samples, &state, reporter).profile,
      provenance: CalibrationProvenance())
    record.resolution = try harm(
      .resolutions(context, limit: few, isExhaustive: all), samples, &state, reporter)
    // A tile that is missed changes an answer altogether, which a few samples tell little about.
    record.tileSelection = try harm(.tiles(context, isExhaustive: all), samples, &state, reporter)
    record.patchSelection = try harm(
      .patches(context, limit: few, isExhaustive: all), samples, &state, reporter)
    record.contrastSelection = try harm(.contrasts(context, isExhaustive: all), samples, &state, reporter)
    record.towerPruning = try harm(
      .towerTokens(context, limit: few, isExhaustive: all), samples, &state, reporter)
    if let order = neuronOrder?.tower {
      record.towerReduction = try harm(
        .towerNeurons(context, limit: few, isExhaustive: all), samples, &state, reporter
      )
      .flatMap { TowerRanking($0, order: order) }
    }
    record.towerDepth = try harm(.depths(context, limit: few, isExhaustive: all), samples, &state, reporter)
    return record
  }

  /// What a stage over candidates found; `nil` where the model has none.
  private func harm<Settings: CandidateSettings>(
    _ stage: HarmStage<Settings>, _ samples: SamplePool, _ state: inout CalibrationState,
    _ reporter: any ProgressReporter
  ) throws -> HarmProfile<Settings>? {
    let profile = try run(stage, samples, &state, reporter).profile
    return profile.candidates.isEmpty ? nil : profile
  }

  /// Whether nothing is left to be run.
  func areStagesFinished(_ state: CalibrationState, neuronOrder: NeuronOrder?) throws -> Bool {
    try isFinished(TransportCostSearch.self, state) && isFinished(LayerReductionStage.self, state)
      && isFinished(RetentionProfiler.self, state) && isFinished(HorizonStage.self, state)
      && isFinished(HarmStage<Resolution>.self, state) && isFinished(HarmStage<TileSelection>.self, state)
      && isFinished(HarmStage<PatchSelection>.self, state)
      && isFinished(HarmStage<ContrastSelection>.self, state)
      && isFinished(HarmStage<TowerPruning>.self, state)
      && isFinished(HarmStage<TowerDepth>.self, state)
      && (neuronOrder == nil || isFinished(HarmStage<TowerReduction>.self, state))
  }
}
