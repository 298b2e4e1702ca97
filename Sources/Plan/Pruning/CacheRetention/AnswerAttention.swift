/// Attention that answers pay to each visual token, gathered over the calibration set.
public struct AnswerAttention: Equatable, Sendable, Codable {
  /// Visual tokens `N` of a prompt.
  public var tokens: Int
  /// Mean attention of answer positions by layer, KV head and visual token, `[L x Hkv x N]` row-major.
  public var values: [Float]

  /// Creates a profile of answers.
  public init(tokens: Int, values: [Float]) {
    self.tokens = tokens
    self.values = values
  }

  /// Path of the dataset.
  package static let path = RetentionProfile.path(of: "answer_attention")

  /// Demands a number that is not negative for every layer, head and token.
  package func validate(for model: ModelDescription) throws(Flaw) {
    try require(tokens, in: 1...1_048_576, "number of visual tokens", Self.path)
    let expected = model.text.layers * model.text.keyValueHeads * tokens
    guard values.count == expected else {
      throw Flaw(Self.path, "has \(values.count) entries, expected \(expected)")
    }
    guard values.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      throw Flaw(Self.path, "has an entry that is negative or not a number")
    }
  }
}
