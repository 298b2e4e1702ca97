import Espalier
import Foundation
import TestSupport
import Testing

@testable import Serving

/// What requests say, and what they may not say.
@Suite(.endsWithin(minutes: 1)) struct RequestTests {
  private let folder: TemporaryFolder
  private let served: ServedModel
  private static let picture = "data:image/png;base64," + Data(TinyPicture.png(seed: 1)).base64EncodedString()

  init() throws {
    folder = try TemporaryFolder()
    let model = try Model(contentsOf: try TinyContext.write(TinyContext.dialogueContents, in: folder))
    served = ServedModel(model, name: "tiny", created: 7, maxAnswers: 4)
  }

  private func ask(_ json: String, _ interface: Interface = .chatCompletions, point: String? = nil) throws
    -> Asked
  {
    try interface.ask(Array(json.utf8), point: point, id: "i", of: served, defaults: AnswerOptions())
  }

  private func error(_ json: String, _ interface: Interface = .chatCompletions, point: String? = nil)
    -> RequestError?
  {
    do {
      _ = try ask(json, interface, point: point)
      return nil
    } catch { return error as? RequestError }
  }

  private func hi(_ members: String) -> String {
    #"{"messages": [{"role": "user", "content": "hi"}], \#(members)}"#
  }

  // MARK: Prompts

  @Test func `messages become a prompt in turns`() throws {
    let asked = try ask(
      """
      {"messages": [
        {"role": "system", "content": "be kind"}, {"role": "developer", "content": [{"type": "text", "text": "be brief"}]},
        {"role": "user", "content": [{"type": "text", "text": "what"}, {"type": "image_url", "image_url": {"url": "\(Self.picture)"}},
          {"type": "text", "text": "is it"}]},
        {"role": "assistant", "content": "a dog"},
        {"role": "user", "content": "and"}, {"role": "user", "content": "why"}]}
      """)
    let prompt = asked.request.prompt
    #expect(prompt.system == "be kind\n\nbe brief")
    #expect(prompt.earlier.map(\.reply) == ["a dog"] && prompt.images.count == 1)
    #expect(
      prompt.earlier[0].content == [
        .text("what"), .image(.bytes(TinyPicture.png(seed: 1), name: "picture 1")), .text("is it"),
      ])
    #expect(prompt.question == [.text("and"), .text("\n\n"), .text("why")])
    #expect(asked.request.point == "dense" && !asked.isStreamed)
  }

  @Test func `words that look like a picture's place are words`() throws {
    let asked = try ask(#"{"messages": [{"role": "user", "content": "<image>"}]}"#)
    #expect(asked.request.prompt.question == [.text("<image>")] && asked.request.prompt.images.isEmpty)
  }

  @Test func `calls of tools and what came of them are part of the conversation`() throws {
    let asked = try ask(
      #"""
      {"messages": [{"role": "user", "content": "2+3?"},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "add", "arguments": "{\"a\": 2}"}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "5"}],
       "tools": [{"type": "function", "function": {"name": "add", "description": "adds", "parameters": {"type": "object"}}}]}
      """#)
    let prompt = asked.request.prompt
    #expect(
      prompt.earlier[0].reply == "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 2}}\n</tool_call>")
    #expect(prompt.question == [.text("<tool_response>\n5\n</tool_response>")])
    #expect(
      prompt.system?.contains(#"{"type": "function", "function": {"name": "add", "description": "adds""#)
        == true)
  }

  @Test func `the interfaces say the same in their own words`() throws {
    let chat = try ask(hi(#""max_tokens": 5, "temperature": 0.5, "stop": ["x"], "seed": 3, "stream": true"#))
    let responses = try ask(
      #"{"input": "hi", "max_output_tokens": 5, "temperature": 0.5, "stop": "x", "seed": 3, "stream": true}"#,
      .responses)
    let options = #""options": {"num_predict": 5, "temperature": 0.5, "stop": ["x"], "seed": 3}"#
    let ollama = try ask(
      #"{"model": "tiny:latest", "messages": [{"role": "user", "content": "hi"}], \#(options)}"#, .ollamaChat)
    let generate = try ask(#"{"model": "tiny", "prompt": "hi", \#(options)}"#, .ollamaGenerate)
    for asked in [chat, responses, ollama, generate] {
      #expect(asked.request.prompt == chat.request.prompt && asked.request.options == chat.request.options)
      #expect(asked.isStreamed)
    }
  }

  @Test func `Ollama's pictures are base64 beside the words`() throws {
    let text = Data(TinyPicture.png(seed: 1)).base64EncodedString()
    let chat = try ask(
      #"{"model": "tiny", "messages": [{"role": "user", "content": "hi", "images": ["\#(text)"]}]}"#,
      .ollamaChat)
    let generate = try ask(#"{"model": "tiny", "prompt": "hi", "images": ["\#(text)"]}"#, .ollamaGenerate)
    let image = Image.bytes(TinyPicture.png(seed: 1), name: "picture 1")
    for asked in [chat, generate] { #expect(asked.request.prompt.question == [.image(image), .text("hi")]) }
  }

  // MARK: Points

  @Test func `a point is behind the model's name, or in a header`() throws {
    for name in ["tiny@dense", "tiny", "default", "", "default@dense"] {
      #expect(try ask(hi(#""model": "\#(name)""#)).request.point == "dense")
    }
    #expect(try ask(hi(#""model": null"#), point: "dense").request.point == "dense")
    #expect(error(hi(#""model": "tiny@fast""#))?.status == 404)
    #expect(error(hi(#""model": "other""#))?.code == "model_not_found")
    #expect(error(hi(#""seed": 1"#), point: "fast")?.status == 404)
    #expect(error(hi(#""model": "tiny@dense""#), point: "fast")?.status == 400)
    // No point of this plan has been measured.
    #expect(error(hi(#""max_first_token_ms": 100"#))?.field == "max_first_token_ms")
  }

  // MARK: Refusals

  @Test(
    arguments: [
      ("", "invalid_json", nil), ("[]", "invalid_type", nil),
      ("{}", "missing_required_parameter", "messages"),
      (#"{"messages": {}}"#, "invalid_type", "messages"), (#"{"messages": []}"#, "invalid_value", "messages"),
      (#"{"messages": [1]}"#, "invalid_type", "messages[0]"),
      (#"{"messages": [{"role": "user"}]}"#, "missing_required_parameter", "messages[0].content"),
      (#"{"messages": [{"role": "king", "content": "x"}]}"#, "unsupported_parameter", "messages[0].role"),
      (#"{"messages": [{"role": "user", "content": 5}]}"#, "invalid_type", "messages[0].content"),
      (#"{"messages": [{"role": "user", "content": []}]}"#, "invalid_value", "messages[0].content"),
      (
        #"{"messages": [{"role": "user", "content": [{"type": "video"}]}]}"#, "unsupported_parameter",
        "messages[0].content[0].type"
      ),
      (
        #"{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}"#,
        "missing_required_parameter", "messages[0].content[0].image_url.url"
      ),
      (
        #"{"messages": [{"role": "assistant", "content": "x"}]}"#, "unsupported_parameter", "messages[0].role"
      ),
      (
        #"{"messages": [{"role": "user", "content": "x", "extra": 1}]}"#, "unsupported_parameter",
        "messages[0].extra"
      ),
      (
        #"{"messages": [{"role": "user", "content": "x"}, {"role": "system", "content": "x"}, {"role": "user", "content": "x"}]}"#,
        "unsupported_parameter", "messages[1].role"
      ),
      (
        #"{"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{"}}]}, {"role": "user", "content": "x"}]}"#,
        "invalid_value", "messages[1].tool_calls[0].function.arguments"
      ),
    ] as [(String, String, String?)])
  func `messages that are wrong are refused by name`(json: String, code: String, field: String?) {
    let error = error(json)
    #expect(error?.status == 400 && error?.code == code && error?.field == field)
  }

  @Test(
    arguments: [
      (#""foo": 1"#, "foo"), (#""temperature": "hot""#, "temperature"),
      (#""temperature": -1"#, "temperature"),
      (#""temperature": 1e999"#, "temperature"), (#""top_p": 0"#, "top_p"), (#""top_p": 2"#, "top_p"),
      (#""max_tokens": 0"#, "max_tokens"), (#""max_tokens": 1.5"#, "max_tokens"),
      (#""max_tokens": 99999999999999999999"#, "max_tokens"),
      (#""max_tokens": 5, "max_completion_tokens": 6"#, "max_tokens"),
      (#""n": 0"#, "n"), (#""n": 5"#, "n"), (#""stop": 5"#, "stop"), (#""stop": [5]"#, "stop"),
      (#""logit_bias": {"x": 1}"#, "logit_bias"), (#""logit_bias": {"5": 101}"#, "logit_bias.5"),
      (#""logit_bias": [1]"#, "logit_bias"), (#""top_logprobs": 3"#, "top_logprobs"),
      (#""logprobs": true, "top_logprobs": 21"#, "top_logprobs"), (#""stream": "yes""#, "stream"),
      (#""stream_options": {"include_usage": true}"#, "stream_options"),
      (#""stream": true, "stream_options": {"more": true}"#, "stream_options.more"),
      (#""response_format": {"type": "xml"}"#, "response_format.type"),
      (#""response_format": {"type": "json_schema"}"#, "response_format.schema"),
      (#""tools": [{"type": "retrieval"}]"#, "tools[0].type"),
      (#""tools": [{"type": "function", "function": {"name": "a b"}}]"#, "tools[0].function.name"),
      (
        #""tools": [{"type": "function", "function": {"name": "a", "parameters": 5}}]"#,
        "tools[0].function.parameters"
      ),
      (#""tool_choice": "required""#, "tool_choice"), (#""tool_choice": "maybe""#, "tool_choice"),
      (#""tool_choice": {"type": "function", "function": {"name": "a"}}"#, "tool_choice"),
      (#""store": true"#, "store"), (#""modalities": ["audio"]"#, "modalities"),
      (#""presence_penalty": 3"#, "presence_penalty"), (#""functions": []"#, "functions"),
    ])
  func `fields that are wrong are refused by name`(members: String, field: String) {
    let error = error(hi(members))
    #expect(error?.status == 400 && error?.field == field)
  }

  @Test func `what changes nothing is taken, and null is nothing`() throws {
    let asked = try ask(
      hi(
        #""user": "me", "metadata": {"a": "b"}, "store": false, "modalities": ["text"], "service_tier": "auto", "stop": null, "n": null, "tools": null, "logit_bias": null, "stream": null, "response_format": {"type": "text"}, "max_tokens": 7.0"#
      ))
    #expect(asked.request.answers == 1 && asked.request.options.maxTokens == 7)
  }

  @Test(
    arguments: [
      (Interface.responses, #"{}"#, "input"), (.responses, #"{"input": 5}"#, "input"),
      (.responses, #"{"input": []}"#, "input"),
      (.responses, #"{"input": "x", "previous_response_id": "r"}"#, "previous_response_id"),
      (.responses, #"{"input": "x", "truncation": "auto"}"#, "truncation"),
      (.responses, #"{"input": [{"type": "reasoning"}]}"#, "input[0].type"),
      (.ollamaChat, #"{"messages": []}"#, "model"),
      (.ollamaChat, #"{"model": "tiny", "messages": []}"#, "messages"),
      (.ollamaChat, #"{"model": "tiny", "messages": [{"role": "user"}]}"#, "messages[0]"),
      (
        .ollamaChat, #"{"model": "tiny", "messages": [{"role": "user", "content": "x", "images": [5]}]}"#,
        "messages[0].images[0]"
      ),
      (.ollamaGenerate, #"{"model": "tiny"}"#, "prompt"),
      (.ollamaGenerate, #"{"model": "tiny", "prompt": "x", "suffix": "y"}"#, "suffix"),
      (.ollamaGenerate, #"{"model": "tiny", "prompt": "x", "options": {"mirostat": 1}}"#, "options.mirostat"),
      (.ollamaGenerate, #"{"model": "tiny", "prompt": "x", "format": "xml"}"#, "format"),
    ] as [(Interface, String, String)])
  func `the other interfaces name what is wrong as well`(interface: Interface, json: String, field: String) {
    #expect(error(json, interface)?.status == 400 && error(json, interface)?.field == field)
  }

  @Test func `errors have the form of their interface`() throws {
    let error = RequestError(400, "no", field: "f", code: "c")
    #expect(
      Interface.responses.body(of: error)
        == #"{"error": {"message": "no", "type": "invalid_request_error", "param": "f", "code": "c"}}"#)
    #expect(Interface.ollamaChat.body(of: error) == #"{"error": "no"}"#)
  }
}
