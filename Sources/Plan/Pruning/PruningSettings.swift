/// Everything that makes an operating point differ from dense. Dense is the value with nothing set.
public struct PruningSettings: Equatable, Sendable {
  /// How much of a picture is looked at, and how much of the tower runs.
  public var picture: PictureSettings
  /// Visual tokens removed once, before a layer or behind one.
  public var tokenPruning: TokenPruning?
  /// Less work per visual token in chosen layers.
  public var layerReduction: LayerReduction?
  /// Visual KV entries freed at the end of prefill.
  public var cacheRetention: CacheRetention?
  /// All visual tokens removed behind a layer.
  public var horizon: Horizon?

  /// Every method, in the order of the file, as checks and files go over them.
  package static let methods: [Place<Self>] = [
    Place(\.picture.resolution), Place(\.picture.tileSelection), Place(\.picture.patchSelection),
    Place(\.picture.contrastSelection), Place(\.picture.towerPruning), Place(\.picture.towerReduction),
    Place(\.picture.towerDepth),
    Place(\.tokenPruning), Place(\.layerReduction), Place(\.cacheRetention), Place(\.horizon),
  ]

  var usedMethods: [any MethodSettings] { Self.methods.compactMap { $0.get(self) as? any MethodSettings } }

  /// Creates settings; without arguments, the dense ones.
  public init(
    picture: PictureSettings = .dense, tokenPruning: TokenPruning? = nil,
    layerReduction: LayerReduction? = nil,
    cacheRetention: CacheRetention? = nil, horizon: Horizon? = nil
  ) {
    self.picture = picture
    self.tokenPruning = tokenPruning
    self.layerReduction = layerReduction
    self.cacheRetention = cacheRetention
    self.horizon = horizon
  }

  /// Nothing is pruned.
  public static let dense = PruningSettings()
  /// Whether nothing is pruned.
  public var isDense: Bool { self == .dense }

  /// What keeps a model with this calibration from running at these settings, in words; `nil` when nothing does.
  ///
  /// Without an `image`, whether settings of pictures fit how they are prepared is not looked at.
  public func problem(
    for model: ModelDescription, image: ImagePreprocessing? = nil, calibration: CalibrationRecord? = nil
  ) -> String? {
    do throws(Flaw) {
      try validate(for: model, at: "settings")
      if let image { try validate(with: image, at: "settings") }
      try validateReferences(in: calibration, at: "settings")
      return nil
    } catch {
      return error.reason
    }
  }

  /// Demands settings that fit the model.
  package func validate(for model: ModelDescription, at path: String) throws(Flaw) {
    for method in usedMethods { try method.validate(for: model, path, prefix: type(of: method).prefix) }
  }

  /// Demands settings that fit how pictures are prepared.
  package func validate(with image: ImagePreprocessing, at path: String) throws(Flaw) {
    for method in usedMethods { try method.validate(with: image, path) }
  }

  /// Demands what the settings refer to in a calibration.
  package func validateReferences(in calibration: CalibrationRecord?, at path: String) throws(Flaw) {
    for method in usedMethods { try method.validate(beside: calibration, path) }
  }
}
