/// What a plan's model is made of: a vision tower, a projector and a text decoder.
///
/// A family (LLaVA-1.5, Qwen2-VL, ...) is a composition of these parts; everything the engine needs to know about
/// the shapes and options of a checkpoint is here, decided at import and never guessed at run time.
public struct ModelDescription: Equatable, Sendable {
  /// The family the checkpoint came from, as its `model_type` says: `llava`.
  public var family: String
  /// Text decoder.
  public var text: TextModel
  /// Vision tower.
  public var vision: VisionModel
  /// Connector from the tower's width to the decoder's.
  public var projector: ProjectorModel

  /// Creates a description from its parts.
  public init(family: String, text: TextModel, vision: VisionModel, projector: ProjectorModel) {
    self.family = family
    self.text = text
    self.vision = vision
    self.projector = projector
  }

  /// Numbers that a visual token has when it leaves the projector: the decoder's width, and as many for each deep layer of
  /// the tower.
  public var visualTokenWidth: Int { text.width * (1 + vision.deepLayers.count) }

  /// The layer of the decoder behind which what each deep layer of the tower gives is added.
  public var deepTargets: [Int] {
    projector.deepTargets.isEmpty ? Array(vision.deepLayers.indices) : projector.deepTargets
  }

  /// Patches along each side that become one visual token: those that the tower merges, times those that the projector does.
  public var patchesPerToken: Int { vision.merger.merge * projector.merge }

  /// Visual tokens that one square tile becomes; 0 for a tower that takes pictures of any shape.
  public var tokensPerTile: Int {
    guard vision.grid > 0 else { return 0 }
    let side = vision.grid / max(1, patchesPerToken)
    return side * side + (vision.classToken ? 1 : 0) - (vision.dropsFirstToken ? 1 : 0)
  }
}

/// Activation functions of feed-forward networks.
public enum Activation: String, CaseIterable, Sendable {
  /// `x * sigmoid(x)`
  case silu
  /// `x * Phi(x)` with the exact error function
  case gelu
  /// The tanh approximation of `gelu`
  case geluTanh = "gelu_tanh"
  /// `x * sigmoid(1.702 x)`, CLIP's
  case quickGelu = "quick_gelu"
}

/// Normalisations of a row.
public enum Norm: String, CaseIterable, Sendable {
  /// Mean and variance, with weight and bias.
  case layerNorm = "layer_norm"
  /// Mean square, with weight.
  case rmsNorm = "rms_norm"
}
