import JSONReading
import Plan

/// What a checkpoint says before its tensors are looked at.
struct CheckpointSettings {
  let directory: String
  let config: Settings
  let processor: ProcessorSettings
  /// `eos_token_id` of `generation_config.json`.
  let stopTokens: [Int]?
}

extension CheckpointSettings {
  /// A decoder with the tokens that are not its own to name: the one of a picture, under the first of some names that the
  /// config has, and those that end an answer.
  func text(
    of decoder: DecoderConfig, imageToken names: String..., default standard: Int? = nil
  ) throws(CheckpointError) -> TextModel {
    var text = decoder.model
    let name = names.first { config[$0] != nil } ?? names[names.count - 1]
    text.imageToken = try config.integer(name, default: standard)
    if let stopTokens { text.stopTokens = stopTokens }
    return text
  }
}

/// A family of models: which parts its checkpoints are made of, and under which names they keep their tensors.
protocol ModelFamily: SendableMetatype {
  /// Reads the settings. Whatever the engine cannot do is an error that names the key.
  init(_ checkpoint: CheckpointSettings) throws(CheckpointError)
  /// The composition.
  var model: ModelDescription { get }
  /// How pictures become the tower's input.
  var image: ImagePreprocessing { get }
  /// Whether the tokenizer's control tokens stand before a prompt, beside those of its template.
  var addsLeadingTokens: Bool { get }
  /// The token that stands for a picture in the chat template.
  var placeholder: Int { get }
  /// Plain text that the processor puts before and behind every picture. It is tokenised together with the text beside it.
  var pictureEdges: (before: String, after: String) { get }
  /// The chat template that holds where a folder has none; `nil` where it must have one.
  var standardTemplate: String? { get }
  /// Recipes for all weights; throws when a tensor is missing, has another shape or is not understood.
  func addTensors(to builder: inout RecipeBuilder) throws(CheckpointError)
}

extension ModelFamily {
  /// As the processors of most families do.
  var addsLeadingTokens: Bool { true }
  /// None.
  var pictureEdges: (before: String, after: String) { ("", "") }
  /// None.
  var standardTemplate: String? { nil }
  /// The one that its visual tokens have, too.
  var placeholder: Int { model.text.imageToken }
}

/// The families by `model_type`.
enum ModelFamilies {
  private static let all: [(type: String, architecture: String, family: any ModelFamily.Type)] = [
    ("llava", "LlavaForConditionalGeneration", Llava.self),
    ("llava_next", "LlavaNextForConditionalGeneration", LlavaNext.self),
    ("llava_onevision", "LlavaOnevisionForConditionalGeneration", LlavaOneVision.self),
    ("qwen2_vl", "Qwen2VLForConditionalGeneration", Qwen2VL.self),
    ("qwen2_5_vl", "Qwen2_5_VLForConditionalGeneration", Qwen25VL.self),
    ("qwen3_vl", "Qwen3VLForConditionalGeneration", Qwen3VL.self),
    ("qwen3_5", "Qwen3_5ForConditionalGeneration", Qwen3VL.self),
    ("gemma3", "Gemma3ForConditionalGeneration", Gemma3.self),
    ("gemma4", "Gemma4ForConditionalGeneration", Gemma4.self),
    ("lfm2_vl", "Lfm2VlForConditionalGeneration", Lfm2VL.self),
    ("minicpmv4_6", "MiniCPMV4_6ForConditionalGeneration", MiniCPMV46.self),
    ("mistral3", "Mistral3ForConditionalGeneration", Mistral3.self),
    ("paligemma", "PaliGemmaForConditionalGeneration", PaliGemma.self),
    ("granite4_vision", "Granite4VisionForConditionalGeneration", Granite4Vision.self),
    ("internvl", "InternVLForConditionalGeneration", InternVL.self),
    ("idefics3", "Idefics3ForConditionalGeneration", Idefics3.self),
    ("smolvlm", "SmolVLMForConditionalGeneration", Idefics3.self),
  ]

  /// Reads a checkpoint by its `model_type`.
  static func read(_ checkpoint: CheckpointSettings) throws(CheckpointError) -> any ModelFamily {
    let config = checkpoint.config
    let type = try config.text("model_type")
    guard let entry = all.first(where: { $0.type == type }) else {
      let known = all.map { "\"\($0.type)\"" }.joined(separator: ", ")
      throw config.error("model_type", "is \"\(type)\", supported are \(known)")
    }
    for value in try config.array("architectures") {
      guard case .string(entry.architecture) = value else {
        throw config.error("architectures", "has \(value.summary), supported is \(entry.architecture)")
      }
    }
    return try entry.family.init(checkpoint)
  }
}

extension RecipeBuilder {
  /// Names under which LLaVA-like checkpoints of all generations keep a part: old, of 4.52 and later, of 5.
  func prefix(of part: String, having name: String) -> String {
    prefix(
      ["\(part).", "model.\(part).", "\(part).vision_model.", "model.\(part).vision_model."], having: name)
  }

  /// The same for the decoder.
  func decoderPrefix() -> String {
    prefix(
      ["language_model.model.", "model.language_model.", "model.text_model.", "model."],
      having: "embed_tokens.weight")
  }

  static let heads = ["language_model.lm_head.weight", "lm_head.weight"]

  /// Demands that every tensor is used, but for buffers and what the tower whose names start with `prefix` does not need.
  func refuseUnused(under prefix: String, except isUseless: (Substring) -> Bool) throws(CheckpointError) {
    try refuseUnused { name in
      Self.isBuffer(name) || (name.hasPrefix(prefix) && isUseless(name.dropFirst(prefix.count)))
    }
  }

  /// The two layers of a projector whose names start with `source`, with their biases where it has some.
  mutating func addProjectorLayers(
    _ model: ModelDescription, _ source: String
  ) throws(CheckpointError) {
    let hidden = model.projector.hiddenWidth
    let shapes = [[hidden, model.projector.firstWidth(model.vision)], [model.text.width, hidden]]
    for (part, shape) in zip(["linear_1", "linear_2"], shapes) {
      try copy("projector/\(part)", "\(source)\(part).weight", shape)
      if model.projector.bias { try copy("projector/\(part)_bias", "\(source)\(part).bias", [shape[0]]) }
    }
  }

  /// Tensors of the layers by which Qwen3.5's decoder guesses tokens further ahead.
  static func isGuess(_ name: String) -> Bool { name.hasPrefix("mtp.") }

  /// Tensors that no version of a family needs.
  static func isBuffer(_ name: String) -> Bool {
    name.hasSuffix("position_ids") || name.hasSuffix("rotary_emb.inv_freq")
      || name.hasSuffix("rotary_pos_emb.inv_freq")
  }
}
