public import Espalier
import Figures

/// The interfaces that clients speak, each with its form of requests, replies and errors.
public enum Interface: Sendable {
  /// `POST /v1/chat/completions`
  case chatCompletions
  /// `POST /v1/responses`
  case responses
  /// `POST /api/chat`
  case ollamaChat
  /// `POST /api/generate`
  case ollamaGenerate

  /// Reads the body of a request. `point` is an operating point that a header names, `id` tells the reply from others.
  public func ask(
    _ body: [UInt8], point: String?, id: String, of served: ServedModel, defaults: AnswerOptions
  ) throws(RequestError) -> Asked {
    switch self {
    case .chatCompletions:
      let chat = try ChatRequest(body, header: point, for: served, defaults: defaults)
      return Asked(
        request: chat.request, isStreamed: chat.isStreamed, reply: ChatReply(to: chat, id: id, from: served))
    case .responses:
      let asked = try ResponsesRequest(body, header: point, for: served, defaults: defaults)
      return Asked(
        request: asked.request, isStreamed: asked.isStreamed,
        reply: ResponsesReply(to: asked, id: id, from: served))
    case .ollamaChat, .ollamaGenerate:
      let asked = try OllamaRequest(
        body, isChat: self == .ollamaChat, header: point, for: served, defaults: defaults)
      return Asked(
        request: asked.request, isStreamed: asked.isStreamed, reply: OllamaReply(to: asked, from: served))
    }
  }

  /// The body of an error.
  public func body(of error: RequestError) -> String {
    switch self {
    case .chatCompletions, .responses: error.json.line
    case .ollamaChat, .ollamaGenerate: error.ollamaJSON.line
    }
  }
}
