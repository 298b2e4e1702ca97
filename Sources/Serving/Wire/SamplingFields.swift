import Espalier
import JSONReading

extension Fields {
  /// How an answer is generated, by the names that OpenAI's interfaces have for it.
  mutating func sampling(_ options: inout AnswerOptions) throws(RequestError) {
    if let value = try number("temperature", in: 0...100) { options.temperature = value }
    if let value = try number("top_p", in: 0...1) {
      guard value > 0 else { throw .invalid(path("top_p"), "is not within (0, 1]") }
      options.topP = value
    }
    if let value = try integer("top_k", in: -1...1_000_000) { options.topK = max(0, value) }
    if let value = try number("min_p", in: 0...1) { options.minP = value }
    if let value = try integer("seed", in: .min ... .max) { options.seed = UInt64(bitPattern: Int64(value)) }
    if let value = try number("presence_penalty", in: -2...2) { options.presencePenalty = value }
    if let value = try number("frequency_penalty", in: -2...2) { options.frequencyPenalty = value }
    if let bias = try fields("logit_bias") {
      var bias = bias
      guard bias.names.count <= 1024 else { throw .invalid(bias.path, "has more than 1024 tokens") }
      for name in bias.names {
        guard let token = Int32(name), token >= 0 else {
          throw .invalid(bias.path, "has the name '\(name.prefix(32))', which is no token")
        }
        guard let value = try bias.number(name, in: -100...100) else { continue }
        // The ends of the range forbid a token, or leave no other.
        options.biases[token] = value == -100 ? -.infinity : value
      }
    }
    options.stopStrings = try stops()
  }

  /// A stop string, or a list of them.
  private mutating func stops() throws(RequestError) -> [String] {
    guard let json = value("stop") else { return [] }
    if case .string(let text) = json { return [text] }
    guard case .array(let values) = json, values.count <= 16 else {
      throw .invalid(path("stop"), "is neither text nor a list of at most 16")
    }
    var stops: [String] = []
    for value in values {
      guard case .string(let text) = value else {
        throw .invalid(path("stop"), "has an element that is no text")
      }
      stops.append(text)
    }
    return stops
  }
}
