/// Why a tokenizer cannot be made from its tables, or cannot encode a text.
public enum TokenizationError: Error, Equatable, Sendable {
  /// A pattern is none, or not supported; `offset` counts bytes into it as it was compiled.
  case invalidPattern(reason: String, offset: Int)
  /// Matching was given up; `reason` is the library's.
  case matchFailed(reason: String)
  /// A token of a vocabulary of characters is no UTF-8.
  case invalidText(id: Int32)
  /// A merge names an id that is no token, or its result is not the left bytes followed by the right ones.
  case invalidMerge(rank: Int)
  /// An added token has no text, as it is or normalised, or its id is no token.
  case invalidAddedToken(id: Int32)
  /// Normalising makes a text longer than `limit` bytes, out of all proportion to it.
  case textTooLong(limit: Int)
  /// Decoding may make a token longer than `limit` bytes.
  case decodedTooLong(limit: Int)
  /// A prompt template or the tables name an id that is no token.
  case unknownToken(id: Int32)
}

extension TokenizationError: CustomStringConvertible {
  /// One line for a person.
  public var description: String {
    switch self {
    case .invalidPattern(let reason, let offset): "tokenizer pattern: \(reason) at byte \(offset)"
    case .matchFailed(let reason): "tokenizer pattern: matching failed: \(reason)"
    case .invalidText(let id): "tokenizer: token \(id) is no UTF-8"
    case .invalidMerge(let rank): "tokenizer: merge \(rank) names an unknown token or a wrong result"
    case .invalidAddedToken(let id): "tokenizer: added token \(id) has no text or no such id"
    case .textTooLong(let limit): "tokenizer: the normalizer makes the text longer than \(limit) bytes"
    case .decodedTooLong(let limit): "tokenizer: decoding may make a token longer than \(limit) bytes"
    case .unknownToken(let id): "tokenizer: no token with id \(id)"
    }
  }
}
