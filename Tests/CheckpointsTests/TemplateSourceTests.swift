@testable import Checkpoints
import TestSupport
import Testing

@Suite(.endsWithin(minutes: 1)) struct TemplateSources {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func areSearchedInTheOrderOfTransformers() throws {
    // Each file that is added comes before those that are there.
    for (name, content) in [
      ("tokenizer_config.json", #"{"chat_template": "tokenizer"}"#), ("chat_template.jinja", "plain"),
      ("chat_template.json", #"{"chat_template": "json"}"#),
      ("processor_config.json", #"{"chat_template": "processor"}"#),
    ] {
      try folder.write(content, to: name)
      let template = try ChatTemplate(folder.path)
      #expect(template.file == folder.file(name) && content.contains(template.source))
    }
  }

  @Test(arguments: [
    #"{"chat_template": [{"name": "rag", "template": "b"}, {"name": "default", "template": "a"}]}"#,
    #"{"chat_template": {"rag": "b", "default": "a"}}"#, #"{"chat_template": "a", "other": 1}"#,
  ])
  func ofSeveralTheDefaultIsTaken(json: String) throws {
    try folder.write(json, to: "tokenizer_config.json")
    #expect(try ChatTemplate(folder.path).source == "a")
  }

  @Test(arguments: [
    (#"{"chat_template": [{"name": "rag", "template": "b"}]}"#, "has no template named \"default\""),
    (#"{"chat_template": 3}"#, "is 3, expected text"),
    (#"{"chat_template": null}"#, "--chat-template FILE passes one"),
  ])
  func withoutAnyAreAnError(json: String, reason: String) throws {
    try folder.write(json, to: "tokenizer_config.json")
    let error = #expect(throws: CheckpointError.self) { try ChatTemplate(folder.path) }
    #expect(error?.reason.contains(reason) ?? false, "\(error?.description ?? "")")
  }

  @Test func controlTokensHaveTheNamesOfTheConfiguration() throws {
    try folder.write(
      #"{"bos_token": null, "eos_token": {"content": "</s>"}, "image_token": "<image>", "add_bos_token": true, "#
        + #""extra_special_tokens": {"video_token": "<video>"}}"#, to: "tokenizer_config.json")
    try folder.write(
      #"{"bos_token": "<s>", "eos_token": "<end>", "pad_token": "<pad>"}"#, to: "special_tokens_map.json")
    #expect(
      try SpecialTokens(folder.path).texts == [
        "eos_token": "</s>", "image_token": "<image>", "video_token": "<video>", "pad_token": "<pad>",
      ])
    #expect(try SpecialTokens(folder.path + "/nowhere").texts.isEmpty)
  }
}
