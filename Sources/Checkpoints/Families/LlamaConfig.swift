import Glibc
import PlanFormat

/// A Llama decoder's `text_config`, with the defaults of `LlamaConfig`.
enum LlamaConfig {
  static func read(_ own: Settings?, parent: Settings) throws(CheckpointError) -> TextModel {
    let config = own ?? Settings(file: parent.file, path: "text_config", object: JSONObject())
    let kind = try config.text("model_type", default: "llama")
    guard kind == "llama" else { throw config.error("model_type", "is \"\(kind)\", supported is \"llama\"") }
    var text = TextModel()
    text.layers = try config.integer("num_hidden_layers", default: 32)
    text.width = try config.integer("hidden_size", default: 4096)
    text.queryHeads = try config.integer("num_attention_heads", default: 32)
    text.keyValueHeads = try config.integer("num_key_value_heads", default: text.queryHeads)
    guard text.queryHeads > 0 else { throw config.error("num_attention_heads", "is \(text.queryHeads)") }
    text.headWidth = try config.integer("head_dim", default: text.width / text.queryHeads)
    text.feedForwardWidth = try config.integer("intermediate_size", default: 11008)
    text.vocabulary = try config.integer("vocab_size", default: 32000)
    text.contextLength = try config.integer("max_position_embeddings", default: 2048)
    text.normEpsilon = try config.real("rms_norm_eps", default: 1e-6)
    text.activation = try config.activation("hidden_act", default: "silu")
    let tied = try parent.flag("tie_word_embeddings", default: false)
    text.tiedHead = try config.flag("tie_word_embeddings", default: tied)
    text.stopTokens = try config.tokens("eos_token_id") ?? [2]
    try config.demand("attention_bias", false)
    try config.demand("mlp_bias", false)
    try config.demandAbsent("sliding_window")
    _ = try ropeTheta(config)
    return text
  }

  /// The base of the rotary frequencies; any other scheme than the plain one is refused.
  static func ropeTheta(_ config: Settings) throws(CheckpointError) -> Double {
    var theta = try config.real("rope_theta", default: 10_000)
    for key in ["rope_parameters", "rope_scaling"] {
      guard let rope = try config.child(key) else { continue }
      for typeKey in ["rope_type", "type"] {
        let type = try rope.text(typeKey, default: "default")
        guard type == "default" else { throw rope.error(typeKey, "is \"\(type)\", supported is \"default\"") }
      }
      theta = try rope.real("rope_theta", default: theta)
      let share = try rope.real("partial_rotary_factor", default: 1)
      guard share == 1 else { throw rope.error("partial_rotary_factor", "is \(share), supported is 1") }
    }
    guard theta > 0, theta.isFinite else { throw config.error("rope_theta", "is \(theta)") }
    return theta
  }
}

extension Settings {
  /// An activation by the name Hugging Face gives it.
  func activation(_ key: String, default standard: String) throws(CheckpointError) -> Activation {
    let name = try text(key, default: standard)
    switch name {
    case "silu", "swish": return .silu
    case "gelu": return .gelu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .geluTanh
    case "quick_gelu": return .quickGelu
    default: throw error(key, "is \"\(name)\", which is not supported")
    }
  }

  /// One token id or a list of them.
  func tokens(_ key: String) throws(CheckpointError) -> [Int]? {
    switch self[key] {
    case nil: return nil
    case .integer(let token): return [token]
    case .array(let values):
      var tokens: [Int] = []
      for value in values {
        guard case .integer(let token) = value else {
          throw error(key, "has \(value.summary), expected token ids")
        }
        tokens.append(token)
      }
      return tokens
    case .some(let value): throw error(key, "is \(value.summary), expected a token id")
    }
  }
}

/// `pow`, kept beside the one import of the C library that needs it.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
