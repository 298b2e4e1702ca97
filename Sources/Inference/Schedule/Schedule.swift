public import Models
public import PlanFormat

/// An operating point compiled for one model: what each layer does, and where tokens and entries go.
///
/// Dense is the schedule with nothing set.
public struct Schedule: Sendable {
  /// Work of each layer.
  public var layers: [LayerSchedule]
  /// TopV, or `nil`.
  public var tokens: TokenPruning?
  /// PLPHP, or `nil`.
  public var retention: CacheRetention?
  /// Mean attention of answer positions, `[L x Hkv x N]`, for retention that ranks by it; empty otherwise.
  public var answerAttention: [Float]

  /// The dense schedule of `layers` layers.
  public init(layers: Int) {
    self.layers = Array(repeating: .dense, count: layers)
    answerAttention = []
  }

  /// Compiles settings for a model with `layers` layers.
  ///
  /// `profile` is the plan's calibration, which some rankings read.
  public init(
    _ settings: PruningSettings, layers: Int, profile: RetentionProfile? = nil
  ) throws(InferenceError) {
    self.init(layers: layers)
    if let reduction = settings.reduction {
      try Self.check(reduction.neuronShare, "neuron share")
      try Self.check(reduction.probeShare, "probe share")
      guard reduction.attentionWindow > 0 else {
        throw InferenceError("attention window", "\(reduction.attentionWindow) is not positive")
      }
      try Self.check(reduction.feedForwardLayers + reduction.attentionLayers, layers, "reduced layers")
      for layer in reduction.feedForwardLayers { self.layers[layer].neurons = reduction.neuronReduction }
      for layer in reduction.attentionLayers {
        self.layers[layer].attentionWindow = reduction.attentionWindow
      }
    }
    if let pruning = settings.tokens {
      try Self.check([pruning.layer], layers, "prune layer")
      try Self.check(pruning.keepRatio, "keep ratio")
      tokens = pruning
    }
    if let retention = settings.retention {
      guard retention.mode == .dynamic || retention.rates.count == layers else {
        throw InferenceError("retention", "\(retention.rates.count) rates for \(layers) layers")
      }
      let shares = retention.rates + [retention.evenShare, retention.thresholds.rate]
      if let wrong = shares.first(where: { !(0...1).contains($0) }) {
        throw InferenceError("retention", "\(wrong) is not within 0 ... 1")
      }
      if retention.ranking == .answerProfile {
        guard let profile, !profile.answerAttention.isEmpty else {
          throw InferenceError(
            "retention", "ranks by answer attention, which this plan was not calibrated for")
        }
        answerAttention = profile.answerAttention
      }
      self.retention = retention
    }
  }

  /// Attention rows of the last prompt tokens that each layer hands out.
  var watchedRows: Int {
    guard let retention else { return tokens?.rule == .fastV ? 1 : 0 }
    return retention.ranking == .window ? Self.window : 1
  }

  /// Rows of the `window` ranking.
  public static let window = 16

  private static func check(_ share: Double, _ object: String) throws(InferenceError) {
    guard share > 0, share <= 1 else { throw InferenceError(object, "\(share) is not within (0, 1]") }
  }

  private static func check(_ list: [Int], _ layers: Int, _ object: String) throws(InferenceError) {
    if let wrong = list.first(where: { $0 < 0 || $0 >= layers }) {
      throw InferenceError(object, "layer \(wrong) is not within 0 ..< \(layers)")
    }
  }
}

extension LayerReduction {
  /// What a layer with fewer neurons is told.
  var neuronReduction: NeuronReduction {
    switch neurons {
    case .probed: .probed(NeuronProbe(neuronShare: neuronShare, probeShare: probeShare))
    case .leading: .leading(share: neuronShare)
    }
  }
}

extension PruningSettings {
  /// Whether these ask for at least one whole visual token or KV entry of each image less.
  public func asksToRemove(visual: Int, images: Int) -> Bool {
    let rates = retention.map { $0.mode == .static ? $0.rates : [] } ?? []
    let share = min(tokens?.keepRatio ?? 1, rates.min() ?? 1)
    return visual > 0 && (1 - share) * Double(visual) >= Double(images)
  }
}
