/// Why an answer ended.
public enum FinishReason: String, Sendable {
  /// The model said a stop token, or the answer came to a stop string.
  case stop
  /// The answer has as many tokens as were asked for.
  case length
  /// The context is full.
  case context
}
