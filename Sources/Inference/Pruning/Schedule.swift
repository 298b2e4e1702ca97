public import Models
public import Plan

/// An operating point compiled for one model: what each layer does, and where tokens and entries go.
///
/// Dense is the schedule with nothing set.
public struct Schedule: Sendable {
  /// Work of each layer.
  public var layers: [LayerSchedule]
  /// The settings behind it: what acts at layer boundaries reads them.
  public let settings: PruningSettings
  /// Mean attention of answer positions, `[L x Hkv x N]`, for retention that ranks by it; empty otherwise.
  public let answerAttention: [Float]

  /// The dense schedule of `layers` layers.
  public init(layers: Int) {
    self.layers = Array(repeating: .dense, count: layers)
    settings = .dense
    answerAttention = []
  }

  /// Compiles settings for a model whose pictures are prepared as `image` says. `calibration` is the plan's, which some
  /// settings refer to.
  public init(
    _ settings: PruningSettings, for model: ModelDescription, image: ImagePreprocessing? = nil,
    calibration: CalibrationRecord? = nil
  ) throws(InferenceError) {
    if let problem = settings.problem(for: model, image: image, calibration: calibration) {
      throw InferenceError("settings", problem)
    }
    self.settings = settings
    layers = Array(repeating: .dense, count: model.text.layers)
    settings.layerReduction?.schedule(&layers)
    answerAttention =
      settings.cacheRetention?.ranking == .answerProfile
      ? calibration?.cacheRetention?.answers?.values ?? [] : []
  }
}
