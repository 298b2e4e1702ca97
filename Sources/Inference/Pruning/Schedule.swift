public import Models
public import PlanFormat

/// An operating point compiled for one model: what each layer does, and where tokens and entries go.
///
/// Dense is the schedule with nothing set.
public struct Schedule: Sendable {
  /// Work of each layer.
  public var layers: [LayerSchedule]
  /// Visual tokens removed once, or `nil`.
  public var tokenPruning: TokenPruning?
  /// Visual KV entries freed, or `nil`.
  public var cacheRetention: CacheRetention?
  /// All visual tokens removed behind a layer, or `nil`.
  public var horizon: Horizon?
  /// Mean attention of answer positions, `[L x Hkv x N]`, for retention that ranks by it; empty otherwise.
  public var answerAttention: [Float] = []

  /// The dense schedule of `layers` layers.
  public init(layers: Int) { self.layers = Array(repeating: .dense, count: layers) }

  /// Compiles settings for a model. `calibration` is the plan's, which some settings refer to.
  public init(
    _ settings: PruningSettings, for model: ModelDescription, calibration: CalibrationRecord? = nil
  ) throws(InferenceError) {
    if let problem = settings.problem(for: model, calibration: calibration) {
      throw InferenceError("settings", problem)
    }
    self.init(layers: model.text.layers)
    settings.layerReduction?.schedule(&layers)
    tokenPruning = settings.tokenPruning
    cacheRetention = settings.cacheRetention
    horizon = settings.horizon
    if cacheRetention?.ranking == .answerProfile {
      answerAttention = calibration?.cacheRetention.answerAttention ?? []
    }
  }
}
