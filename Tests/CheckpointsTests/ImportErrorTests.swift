import Checkpoints
import Glibc
import Plan
import Testing
import TestSupport

/// A copy of the reference model's files in which some text is replaced.
private func importing(_ file: String, replacing old: String, with new: String) throws -> CheckpointError? {
  let directory = "/tmp/espalier-checkpoint-\(getpid())-\(UInt64.random(in: 0 ... .max))"
  mkdir(directory, 0o700)
  let names = [
    "chat_template.jinja", "config.json", "generation_config.json", "model.safetensors",
    "preprocessor_config.json", "processor_config.json", "tokenizer.json", "tokenizer_config.json",
  ]
  defer {
    for name in names { unlink("\(directory)/\(name)") }
    rmdir(directory)
  }
  for name in names where name != file { symlink("\(referenceModel)/\(name)", "\(directory)/\(name)") }
  let text = String(decoding: try bytes("\(referenceModel)/\(file)"), as: UTF8.self)
  let parts = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
  try #require(parts.count == 2, "\(file) has no \(old)")
  write(Array((parts[0] + new + parts[1]).utf8), "\(directory)/\(file)")
  do throws(CheckpointError) {
    _ = try CheckpointImporter.read(directory, weightFormat: .float32)
    return nil
  } catch {
    #expect(error.file.hasPrefix(directory))
    return error
  }
}

private func bytes(_ path: String) throws -> [UInt8] {
  let file = try #require(fopen(path, "rb"))
  defer { fclose(file) }
  var bytes: [UInt8] = []
  while case let byte = getc(file), byte != EOF { bytes.append(UInt8(byte)) }
  return bytes
}

@Suite(.endsWithin(minutes: 1)) struct ImportErrors {
  @Test(arguments: [
    ("\"llava\"", "\"cogvlm\"", "model_type", "is \"cogvlm\", supported are \"llava\""),
    (
      "\"rope_type\": \"default\"", "\"rope_type\": \"longrope\"", "text_config.rope_parameters.rope_type",
      "is \"longrope\""
    ),
    (
      "\"attention_bias\": false", "\"attention_bias\": true",
      "language_model.model.layers.0.self_attn.q_proj.bias", "tensor is missing"
    ),
    (
      "\"mlp_bias\": false", "\"mlp_bias\": true",
      "language_model.model.layers.0.mlp.gate_proj.bias", "tensor is missing"
    ),
    ("\"hidden_act\": \"silu\"", "\"hidden_act\": \"relu\"", "text_config.hidden_act", "is \"relu\""),
    (
      "\"vision_feature_layer\": -2", "\"vision_feature_layer\": [-2, -3]",
      "multi_modal_projector.linear_1.weight", "has shape [192, 192], expected [192, 384]"
    ),
    (
      "\"vision_feature_layer\": -2", "\"vision_feature_layer\": -9", "vision_feature_layer",
      "the tower has 7 layers"
    ),
    ("\"model_type\": \"llama\"", "\"model_type\": \"gemma\"", "text_config.model_type", "is \"gemma\""),
    (
      "\"rope_type\": \"default\"", "\"rope_type\": \"linear\"", "text_config.rope_parameters.factor",
      "is missing"
    ),
    ("\"hidden_size\": 192", "\"hidden_size\": \"192\"", "text_config.hidden_size", "expected an integer"),
    (
      "\"num_hidden_layers\": 12", "\"num_hidden_layers\": 13",
      "language_model.model.layers.12.input_layernorm.weight", "tensor is missing"
    ),
    (
      "\"num_hidden_layers\": 12", "\"num_hidden_layers\": 11",
      "language_model.model.layers.11.input_layernorm.weight", "tensor is not part of the model"
    ),
    (
      "\"vocab_size\": 1024", "\"vocab_size\": 1000", "language_model.model.embed_tokens.weight",
      "has shape [1024, 192], expected [1000, 192]"
    ),
    ("\"use_cache\"", "\"model_type\": \"llama\", \"use_cache\"", "line 36", "\"model_type\" is there twice"),
  ])
  func ofTheConfigurationNameKeyAndValue(old: String, new: String, object: String, reason: String) throws {
    let error = try importing("config.json", replacing: old, with: new)
    #expect(error?.object == object)
    #expect(error?.reason.contains(reason) ?? false, "\(error?.description ?? "no error")")
  }

  @Test(arguments: [
    (
      "preprocessor_config.json", "\"resample\": 3", "\"resample\": 6", "resample",
      "is 6, supported are 1 to 5"
    ),
    (
      "preprocessor_config.json", "\"do_resize\": true", "\"do_resize\": false", "do_resize",
      "is false, which is not"
    ),
    (
      "preprocessor_config.json", "\"width\": 224", "\"width\": 200", "crop_size",
      "is 224 x 200, expected a square"
    ),
    ("preprocessor_config.json", "\"shortest_edge\"", "\"longest_edge\"", "size.height", "is missing"),
    (
      "tokenizer.json", "\"normalizer\": null", "\"normalizer\": {\"type\": \"BertNormalizer\"}",
      "normalizer.type", "is BertNormalizer, supported are"
    ),
    (
      "tokenizer.json", "\"type\": \"BPE\"", "\"type\": \"Unigram\"", "model.type",
      "is Unigram, supported is BPE"
    ),
    (
      "tokenizer.json", "\"unk_token\": null", "\"unk_token\": \"<unk>\"", "model.unk_token",
      "is \"<unk>\", which is not in the vocabulary"
    ),
    (
      "tokenizer.json", "\"type\": \"ByteLevel\"", "\"type\": \"BertPreTokenizer\"",
      "pre_tokenizer.type", "is BertPreTokenizer, supported are"
    ),
    (
      "tokenizer.json", "\"type\": \"TemplateProcessing\"", "\"type\": \"RobertaProcessing\"",
      "post_processor.type", "is Roberta"
    ),
    ("tokenizer.json", "\"!\": 4", "\"!\": 5", "model.vocab.", "has an id that is there twice"),
    (
      "chat_template.jinja", "{% for m", "{% include 'a' %}{% for m", "chat template, line 1",
      "the tag 'include' is not supported; --chat-template FILE passes a simpler template"
    ),
    (
      "chat_template.jinja", "{{ c['text'] }}", "{{ c['texts'] }}", "chat template",
      "prints the user's text 0 times"
    ),
  ])
  func ofOtherFilesNameKeyAndValue(
    file: String, old: String, new: String, object: String, reason: String
  ) throws {
    let error = try importing(file, replacing: old, with: new)
    #expect(error?.object.hasPrefix(object) ?? false, "\(error?.description ?? "no error")")
    #expect(error?.reason.contains(reason) ?? false, "\(error?.description ?? "no error")")
  }
}
