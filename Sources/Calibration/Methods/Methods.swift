import Compute
import Inference
import Plan

/// All pruning methods of the toolchain: the one list that a new method is entered in.
enum Methods {
  /// What tuning may choose, a method each, in the order of a place's numbers: those that calibration knows.
  static func axes(_ record: CalibrationRecord, _ text: TextModel) -> [any MethodAxes] {
    let all: [(any MethodAxes)?] = [
      record.resolution.map { PictureAxis($0, isSeeded: false) },
      record.tileSelection.map { PictureAxis($0.ofBetterMarkup, isSeeded: true) },
      record.patchSelection.map { PictureAxis($0, isSeeded: true) },
      record.contrastSelection.map { PictureAxis($0, isSeeded: true) },
      record.towerPruning.map { PictureAxis($0, isSeeded: false) },
      record.towerReduction.map { TowerReductionAxes($0) },
      record.towerDepth.map { PictureAxis($0, isSeeded: false) },
      record.tokenPruning.map { TokenPruningAxes($0, text) },
      record.layerReduction.map { LayerReductionAxes($0) },
      record.cacheRetention.map { CacheRetentionAxes($0, text) },
      record.horizon.map { HorizonAxes($0, text) },
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
  /// Stages that shards can begin without each other.
  static var divisible: [any CalibrationStage.Type] {
    [
      TransportCostSearch.self, LayerReductionStage.self, HorizonStage.self, HarmStage<Resolution>.self,
      HarmStage<TileSelection>.self, HarmStage<PatchSelection>.self, HarmStage<ContrastSelection>.self,
      HarmStage<TowerPruning>.self, HarmStage<TowerDepth>.self, HarmStage<TowerReduction>.self,
    ]
  }

  /// The stages of all methods, in their order; a model has no use for some of them.
  func stages(_ neuronOrder: NeuronOrder?) -> [any CalibrationStage] {
    // Settings of pictures run the tower anew for each of their candidates.
    let (few, all) = (options.rankingLimit, options.isExhaustive)
    let stages: [any CalibrationStage] = [
      TransportCostSearch(context: context, options: options),
      LayerReductionStage(
        context: context, options: options, window: window, neuronOrder: neuronOrder?.decoder),
      RetentionProfiler(context: context, options: options), HorizonStage(context: context),
      HarmStage<Resolution>.resolutions(context, limit: few, isExhaustive: all),
      // A tile that is missed changes an answer altogether, which a few samples tell little about.
      HarmStage<TileSelection>.tiles(context, isExhaustive: all),
      HarmStage<PatchSelection>.patches(context, limit: few, isExhaustive: all),
      HarmStage<ContrastSelection>.contrasts(context, limit: few, isExhaustive: all),
      HarmStage<TowerPruning>.towerTokens(context, limit: few, isExhaustive: all),
      HarmStage<TowerDepth>.depths(context, limit: few, isExhaustive: all),
    ]
    if neuronOrder == nil { return stages }
    return stages + [HarmStage<TowerReduction>.towerNeurons(context, limit: few, isExhaustive: all)]
  }

  /// What finished stages found.
  func record(_ state: CalibrationState, neuronOrder: NeuronOrder?) throws -> CalibrationRecord {
    func harm<Settings: CandidateSettings>(_ stage: HarmStage<Settings>.Type) throws -> HarmProfile<Settings>?
    {
      let profile = try state.stage(stage)?.profile
      return profile?.candidates.isEmpty == false ? profile : nil
    }
    var record = CalibrationRecord(
      tokenPruning: try state.stage(TransportCostSearch.self)?.search,
      layerReduction: try state.stage(LayerReductionStage.self)?.rankings,
      cacheRetention: try state.stage(RetentionProfiler.self)?.profile,
      horizon: try state.stage(HorizonStage.self)?.profile, provenance: CalibrationProvenance())
    record.resolution = try harm(HarmStage<Resolution>.self)
    record.tileSelection = try harm(HarmStage<TileSelection>.self)
    record.patchSelection = try harm(HarmStage<PatchSelection>.self)
    record.contrastSelection = try harm(HarmStage<ContrastSelection>.self)
    record.towerPruning = try harm(HarmStage<TowerPruning>.self)
    record.towerDepth = try harm(HarmStage<TowerDepth>.self)
    if let order = neuronOrder?.tower {
      record.towerReduction = try harm(HarmStage<TowerReduction>.self)
        .flatMap { TowerRanking($0, order: order) }
    }
    return record
  }
}
