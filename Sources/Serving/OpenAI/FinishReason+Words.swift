import Espalier

extension Answer.FinishReason {
  /// OpenAI's and Ollama's word: a full context is a length as well.
  var word: String { self == .stop ? "stop" : "length" }
}
