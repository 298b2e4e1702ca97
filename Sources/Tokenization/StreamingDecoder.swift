/// Turns tokens into text as they come, without ever splitting a character.
///
/// The chunks together are what `Tokenizer.decode` gives for all tokens at once. A chunk is empty while a
/// character is still incomplete, or while what a token becomes depends on the next one.
public struct StreamingDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skippingSpecialTokens: Bool
  private var pipeline: DecodingPipeline

  /// Creates a decoder that has seen no token.
  public init(_ tokenizer: Tokenizer, skippingSpecialTokens: Bool = true) {
    self.tokenizer = tokenizer
    self.skippingSpecialTokens = skippingSpecialTokens
    pipeline = tokenizer.pipeline
  }

  /// The text that is certain now that `id` has come.
  public mutating func append(_ id: Int32) -> String {
    if skippingSpecialTokens && tokenizer.specialTokens.contains(id) { return "" }
    guard let token = tokenizer.decodedBytes(of: id) else { return "" }
    return String(decoding: pipeline.push(token), as: UTF8.self)
  }

  /// The text of what is left when no token follows: U+FFFD for an incomplete character, or nothing.
  public mutating func finish() -> String {
    defer { pipeline = tokenizer.pipeline }
    return String(decoding: pipeline.finish(), as: UTF8.self)
  }
}
