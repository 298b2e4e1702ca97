import Plan

/// A decoder's `text_config`, with the defaults of its kind.
struct DecoderConfig {
  let model: TextModel
  /// Angle per position of each rotated pair.
  let frequencies: [Float]
  /// The same of layers with a sliding window, where there are any.
  private(set) var windowFrequencies: [Float] = []
  /// Factor of the weights of queries' norms: where scores are scaled by another width than that of a head.
  private var queryFactor: Float = 1
  /// Factor of the logits, in the weight of the last norm. LLaVA-NeXT's class leaves Granite's logits as they are.
  private(set) var logitFactor: Float = 1
  /// Whether scores are not scaled at all.
  private var hasPlainScores = false
  /// Whether keys are values, too, in layers without a sliding window.
  private(set) var keysAreValues = false

  /// Decoders that are one composition with different defaults and options.
  enum Kind: String, CaseIterable {
    case llama, granite, mistral, ministral3, qwen2, qwen3, lfm2
    case qwen2VL = "qwen2_vl_text"
    case qwen25VL = "qwen2_5_vl_text"
    case qwen3VL = "qwen3_vl_text"
    case qwen35 = "qwen3_5_text"
    case granite4 = "granite4_vision_text"
    case gemma, gemma2
    case gemma3 = "gemma3_text"
    case gemma4 = "gemma4_text"

    /// Whether some layers have a sliding window, with rotary angles of their own.
    var hasWindows: Bool { [.gemma2, .gemma3, .gemma4].contains(self) }

    /// The name that released folders have for it, if another.
    var oldName: String? { self == .granite4 ? Kind.granite.rawValue : nil }

    /// Whether positions have an axis each for frames, rows and columns.
    var hasAxes: Bool { [.qwen2VL, .qwen25VL, .qwen3VL, .qwen35].contains(self) }
  }

  /// Reads a decoder; `kinds` are those the family may have, the first its default. `own` is the whole config
  /// for checkpoints that keep everything in one object.
  init(
    _ own: Settings?, parent: Settings, kinds: [Kind], overrides: (inout Defaults) -> Void = { _ in }
  ) throws(CheckpointError) {
    let config = own ?? parent.blank("text_config")
    let kind = try Self.kind(config, kinds)
    var defaults = Defaults(kind)
    overrides(&defaults)
    var text = TextModel()
    text.layers = try config.extent("num_hidden_layers", default: defaults.layers, upTo: Settings.layerLimit)
    text.width = try config.extent("hidden_size", default: defaults.width)
    text.queryHeads = try config.extent("num_attention_heads", default: defaults.heads)
    let sharing = config.isNull("num_key_value_heads") ? nil : defaults.keyValueHeads
    text.keyValueHeads = try config.extent("num_key_value_heads", default: sharing ?? text.queryHeads)
    text.headWidth = text.width / text.queryHeads
    // Qwen2-VL divides its width whatever the config says.
    if kind != .qwen2VL, kind != .qwen25VL {
      text.headWidth = try config.extent("head_dim", default: defaults.headWidth ?? text.headWidth)
    }
    text.feedForwardWidth = try config.extent("intermediate_size", default: defaults.feedForwardWidth)
    if kind == .lfm2 { try text.takeConvolutions(config) }
    text.vocabulary = try config.extent("vocab_size", default: defaults.vocabulary)
    text.normEpsilon = try config.real(
      kind == .lfm2 ? "norm_eps" : "rms_norm_eps", default: defaults.normEpsilon)
    text.activation = try Self.activation(config, kind)
    text.tiedHead = try Self.tiedHead(config, parent, kind, defaults)
    let outer = try parent.tokens("eos_token_id")
    text.stopTokens = try config.tokens("eos_token_id") ?? outer ?? defaults.stopTokens
    switch kind {
    case .llama, .granite, .granite4:
      if kind != .llama { try text.takeGranite(config) }
      if kind == .granite4 {
        // Pictures are added to rows of nothing.
        text.pictureScale = 1
        logitFactor = Float(1 / (try config.multiplier("logits_scaling")))
      }
      text.attentionBias = try config.flag("attention_bias", default: false)
      text.attentionOutputBias = text.attentionBias
      text.feedForwardBias = try config.flag("mlp_bias", default: false)
    case .mistral, .ministral3:
      try config.demand("attention_bias", false)
      if kind == .ministral3 { try text.takeQueryGrowth(config) }
    case .qwen2, .qwen2VL, .qwen25VL: text.attentionBias = true
    case .lfm2: text.headNorm = true
    case .gemma: try text.takeGemma1(config)
    case .gemma2: try text.takeGemma2(config)
    case .gemma3: try text.takeGemma(config)
    case .gemma4: try text.takeGemma4(config)
    case .qwen3, .qwen3VL, .qwen35:
      text.attentionBias = try config.flag("attention_bias", default: false)
      text.attentionOutputBias = text.attentionBias
      text.headNorm = true
      if kind == .qwen35 { try text.takeDeltaRules(config) }
    }
    let positions = try config.extent("max_position_embeddings", default: defaults.positions, upTo: 1 << 26)
    let rotary = try RotaryConfig(
      kind.hasWindows ? try config.rope(of: "full_attention") : config, headWidth: text.headWidth,
      positions: positions, theta: defaults.theta, type: kind == .gemma4 ? "proportional" : "default",
      sections: kind.hasAxes ? defaults.sections : nil, share: kind == .qwen35 ? 0.25 : nil)
    text.rotary = rotary.model
    text.rotary.interleavesSections = [.qwen3VL, .qwen35].contains(kind)
    text.contextLength = min(rotary.contextLength, try Self.window(config, kind, defaults) ?? .max)
    if kind.hasWindows {
      text.contextLength = min(text.contextLength, 1 << 24)
      windowFrequencies = kind == .gemma2 ? rotary.frequencies : try config.windowFrequencies(text)
    }
    if [.mistral, .ministral3].contains(kind) {
      windowFrequencies = try text.takeWindow(config, rotary, default: kind == .mistral ? 4096 : nil)
    }
    if kind == .gemma3 { queryFactor = try config.queryFactor(headWidth: text.headWidth) }
    if kind == .gemma4 {
      hasPlainScores = true
      keysAreValues = try config.flag("attention_k_eq_v", default: false)
    }
    model = text
    frequencies = rotary.frequencies
  }

  private static func activation(_ config: Settings, _ kind: Kind) throws(CheckpointError) -> Activation {
    switch kind {
    case .lfm2: .silu
    case .gemma:
      // The older of both names is the one that transformers reads.
      try config.activation("hidden_act", default: "gelu_pytorch_tanh")
    case .gemma2, .gemma3, .gemma4: try config.activation("hidden_activation", default: "gelu_pytorch_tanh")
    default: try config.activation("hidden_act", default: "silu")
    }
  }

  private static func kind(_ config: Settings, _ kinds: [Kind]) throws(CheckpointError) -> Kind {
    let name = try config.text("model_type", default: kinds[0].rawValue)
    if let kind = kinds.first(where: { $0.rawValue == name || $0.oldName == name }) { return kind }
    // Configs that keep everything in one object name the whole model there.
    if config.path.isEmpty { return kinds[0] }
    let known = kinds.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    throw config.error("model_type", "is \"\(name)\", supported is \(known)")
  }

  /// Either object may ask for it; where both are silent, the family's default holds.
  private static func tiedHead(
    _ config: Settings, _ parent: Settings, _ kind: Kind, _ defaults: Defaults
  ) throws(CheckpointError) -> Bool {
    // LFM2's first name of it, which wins.
    let isOld = kind == .lfm2 && (parent["tie_embedding"] != nil || config["tie_embedding"] != nil)
    let key = isOld ? "tie_embedding" : "tie_word_embeddings"
    if parent[key] == nil, config[key] == nil { return defaults.tiedHead }
    let outer = try parent.flag(key, default: defaults.tiedHead)
    let own = try config.flag(key, default: false)
    return outer || own
  }

  /// Tokens up to which a sliding window hides nothing: the engine takes no longer prompts.
  private static func window(
    _ config: Settings, _ kind: Kind, _ defaults: Defaults
  ) throws(CheckpointError) -> Int? {
    switch kind {
    case .llama, .granite, .granite4, .mistral, .ministral3, .qwen3VL, .qwen35, .lfm2, .gemma, .gemma2,
      .gemma3,
      .gemma4:
      return nil
    case .qwen2, .qwen2VL, .qwen25VL, .qwen3:
      guard try config.flag("use_sliding_window", default: false) else { return nil }
      return config.isNull("sliding_window") ? nil : try config.extent("sliding_window", default: 4096)
    }
  }
}

extension DecoderConfig {
  /// By how much larger the weights of a layer's norms of queries are.
  func queryFactor(of layer: Int) -> Float {
    hasPlainScores ? Float(model.attentionShape(of: layer).headWidth).squareRoot() : queryFactor
  }

  /// What holds where a config is silent.
  struct Defaults {
    var layers = 32
    var width = 4096
    var heads = 32
    /// `nil`: as many as query heads.
    var keyValueHeads: Int?
    /// `nil`: the width divided by the query heads.
    var headWidth: Int?
    var feedForwardWidth = 11008
    var vocabulary = 32000
    var positions = 2048
    var normEpsilon = 1e-6
    var theta = 10_000.0
    var tiedHead = false
    var stopTokens = [2]
    /// Pairs of each axis, where positions have axes.
    var sections = [16, 24, 24]

    init(_ kind: Kind) {
      switch kind {
      case .llama, .granite, .granite4: break
      case .mistral: (keyValueHeads, feedForwardWidth, positions) = (8, 14336, 131_072)
      case .ministral3:
        (layers, width, keyValueHeads, headWidth) = (34, 4096, 8, 128)
        (feedForwardWidth, vocabulary, positions) = (14336, 131_072, 262_144)
        (normEpsilon, theta) = (1e-5, 1_000_000)
      case .gemma3:
        (layers, width, heads, keyValueHeads, headWidth) = (26, 2304, 8, 4, 256)
        (feedForwardWidth, vocabulary, positions) = (9216, 262_208, 131_072)
        (theta, tiedHead, stopTokens) = (1_000_000, true, [1])
      case .gemma:
        (layers, width, heads, keyValueHeads, headWidth) = (28, 3072, 16, 16, 256)
        (feedForwardWidth, vocabulary, positions, tiedHead) = (24576, 256_000, 8192, true)
        stopTokens = [1]
      case .gemma2:
        (layers, width, heads, keyValueHeads, headWidth) = (26, 2304, 8, 4, 256)
        (feedForwardWidth, vocabulary, positions, tiedHead) = (9216, 256_000, 8192, true)
        stopTokens = [1]
      case .gemma4:
        (layers, width, heads, keyValueHeads, headWidth) = (30, 2304, 8, 4, 256)
        (feedForwardWidth, vocabulary, positions) = (9216, 262_144, 131_072)
        (theta, tiedHead, stopTokens) = (1_000_000, true, [1])
      case .lfm2:
        (width, keyValueHeads, feedForwardWidth) = (2560, 8, 12288)
        (vocabulary, positions, normEpsilon) = (65536, 128_000, 1e-5)
        (theta, tiedHead) = (1_000_000, true)
      case .qwen2:
        (keyValueHeads, feedForwardWidth, vocabulary, positions) = (32, 22016, 151_936, 32768)
      case .qwen3:
        (keyValueHeads, headWidth, feedForwardWidth) = (32, 128, 22016)
        (vocabulary, positions) = (151_936, 32768)
      case .qwen3VL:
        (keyValueHeads, headWidth, feedForwardWidth) = (32, 128, 22016)
        (vocabulary, positions, theta) = (151_936, 128_000, 500_000)
        sections = [24, 20, 20]
      case .qwen35:
        (heads, keyValueHeads, headWidth, feedForwardWidth) = (16, 4, 256, 12288)
        (vocabulary, positions) = (248_320, 32768)
        sections = [11, 11, 10]
      case .qwen2VL, .qwen25VL:
        (layers, width, heads, keyValueHeads) = (80, 8192, 64, 8)
        (feedForwardWidth, vocabulary, positions, normEpsilon) = (29568, 152_064, 32768, 1e-5)
        (theta, stopTokens) = (1_000_000, [151_645])
      }
    }
  }
}
