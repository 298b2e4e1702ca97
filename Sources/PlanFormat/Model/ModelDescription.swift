/// What a plan's model is made of: a vision tower, a projector and a text decoder.
///
/// A family (LLaVA-1.5, ...) is a composition of these parts; everything the engine needs to know about
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

/// A Llama-style decoder: RMSNorm, rotary positions, grouped-query attention, gated FFN.
public struct TextModel: Equatable, Sendable {
  /// Decoder layers, `L`.
  public var layers = 0
  /// Residual stream width, `d`.
  public var width = 0
  /// Query heads, `H`.
  public var queryHeads = 0
  /// KV heads, `Hkv`; divides `queryHeads`.
  public var keyValueHeads = 0
  /// Width of a head, `dh`; even.
  public var headWidth = 0
  /// Neurons of a feed-forward network, `m`.
  public var feedForwardWidth = 0
  /// Rows of the embedding, and logits of a position.
  public var vocabulary = 0
  /// Longest sequence of positions the model was trained for.
  public var contextLength = 0
  /// Added to the mean square inside every RMSNorm.
  public var normEpsilon = 1e-5
  /// Gate activation of the FFN.
  public var activation = Activation.silu
  /// Whether the logits use the embedding matrix (no separate head is stored).
  public var tiedHead = false
  /// Whether q, k and v have biases (Qwen2).
  public var attentionBias = false
  /// Token ids that end an answer; 1 to 16 of them.
  public var stopTokens: [Int] = []
  /// The token that stands for an image in the template and is replaced by visual tokens.
  public var imageToken = 0

  /// An empty description, to be filled from a checkpoint or a plan.
  public init() {}
}

/// A vision transformer over square patches: learned positions, pre-norm layers.
public struct VisionModel: Equatable, Sendable {
  /// Which transformer it is; decides which optional parts exist.
  public var tower = Tower.clip
  /// Layers that run: those up to the one whose output is read.
  public var layers = 0
  /// Width of the tower's residual stream.
  public var width = 0
  /// Attention heads; divides `width`.
  public var heads = 0
  /// Neurons of a feed-forward network.
  public var feedForwardWidth = 0
  /// Side of the square input in pixels.
  public var imageSize = 0
  /// Side of a patch in pixels.
  public var patchSize = 0
  /// Added to the variance inside every LayerNorm.
  public var normEpsilon = 1e-5
  /// FFN activation.
  public var activation = Activation.quickGelu
  /// Whether a class token is put before the patches.
  public var classToken = true
  /// Whether the class token's output is dropped (`default` feature selection) or kept (`full`).
  public var dropsClassToken = true

  /// An empty description, to be filled from a checkpoint or a plan.
  public init() {}

  /// The kinds of tower the engine composes.
  public enum Tower: String, CaseIterable, Sendable {
    /// Class token, pre-norm before the first layer, no patch bias.
    case clip
  }

  /// Patches along one side of the input, `imageSize / patchSize`.
  public var grid: Int { patchSize > 0 ? imageSize / patchSize : 0 }
  /// Visual tokens one image becomes.
  public var tokensPerImage: Int { grid * grid + (classToken && !dropsClassToken ? 1 : 0) }
  /// Rows the tower works on: patches and the class token.
  public var positions: Int { grid * grid + (classToken ? 1 : 0) }
}

/// A two-layer perceptron from the tower's width to the decoder's.
public struct ProjectorModel: Equatable, Sendable {
  /// Width between the two linear layers.
  public var hiddenWidth = 0
  /// Activation between the two linear layers.
  public var activation = Activation.gelu
  /// Whether both linear layers have biases.
  public var bias = true

  /// An empty description, to be filled from a checkpoint or a plan.
  public init() {}
}

/// How a picture becomes the tower's input.
///
/// The order is fixed: decode to RGB, resize the shortest edge (bicubic, antialiased, Pillow's bytes), crop the
/// centre, normalise. Normalisation `(p / 255 - mean) / std` is folded into the patch embedding at import.
public struct ImagePreprocessing: Equatable, Sendable {
  /// Length of the shortest edge after the resize, in pixels.
  public var shortestEdge = 0
  /// Side of the square centre crop, in pixels.
  public var cropSize = 0
  /// Per-channel mean (RGB) of pixels scaled to [0, 1].
  public var mean: [Double] = [0, 0, 0]
  /// Per-channel deviation (RGB) of pixels scaled to [0, 1].
  public var deviation: [Double] = [1, 1, 1]
  /// Factor from a byte to the scale of `mean`.
  public var rescale = 1.0 / 255

  /// An empty description, to be filled from a checkpoint or a plan.
  public init() {}
}
