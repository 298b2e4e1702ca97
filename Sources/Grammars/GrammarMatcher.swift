/// Follows one answer through a grammar and says which tokens may come next.
///
/// A matcher is a value: a copy goes on by itself. Matchers of one grammar and vocabulary share what they find out
/// when they are made from the same `GrammarMasks`.
public struct GrammarMatcher: Sendable {
  /// What is remembered of the grammar and the vocabulary.
  public let masks: GrammarMasks
  var store: StackStore
  var set: Int32
  /// Whether a stop token has come; nothing may follow.
  public private(set) var hasEnded = false

  private static let stepBits = 13
  private static let setLimit = 1 << 15

  /// Begins an answer.
  public init(_ masks: GrammarMasks) {
    self.masks = masks
    store = StackStore(masks.automaton, stepBits: Self.stepBits)
    set = store.beginning()
  }

  /// Begins an answer with nothing shared.
  public init(_ grammar: Grammar, over vocabulary: TokenVocabulary) {
    self.init(GrammarMasks(grammar, over: vocabulary))
  }

  /// Whether the text so far is complete, so that it may stop here.
  public var canEnd: Bool { store.mayEnd(set) }

  /// The least number of bytes that complete the text; 0 where it may end.
  public var shortestCompletion: Int { store.shortest(set) }

  /// Goes on with a token; `false`, and nothing changes, where the grammar does not allow it.
  @discardableResult public mutating func accept(_ token: Int32) -> Bool {
    guard !hasEnded else { return false }
    if masks.vocabulary.stopTokens.contains(token) {
      hasEnded = canEnd
      return hasEnded
    }
    guard let bytes = masks.vocabulary.bytes(of: token) else { return false }
    return accept(bytes: bytes)
  }

  /// Goes on with text that was not drawn as tokens; `false`, and nothing changes, where the grammar does not allow it.
  @discardableResult public mutating func accept(bytes: [UInt8]) -> Bool {
    guard !hasEnded, let next = follow(bytes) else { return false }
    set = next
    if store.count > Self.setLimit { set = store.compact(keeping: set) }
    return true
  }

  /// Whether a token may come next.
  ///
  /// - Parameter remaining: tokens that may still come, this one included. A token is then allowed only if single bytes can
  ///   complete the text within those that are left.
  public mutating func allows(_ token: Int32, within remaining: Int? = nil) -> Bool {
    guard !hasEnded else { return false }
    if masks.vocabulary.stopTokens.contains(token) { return canEnd }
    guard let bytes = masks.vocabulary.bytes(of: token), let next = follow(bytes) else { return false }
    return store.shortest(next) <= limit(within: remaining)
  }

  /// The bytes that come next in any case, as far as only one way is open; empty where the text may end.
  ///
  /// - Parameter limit: bytes to find at most.
  public mutating func forcedBytes(limit: Int = 4096) -> [UInt8] {
    var forced: [UInt8] = []
    var place = set
    while !hasEnded, forced.count < limit, !store.mayEnd(place), let byte = store.bytes(after: place).only {
      place = store.step(place, byte)
      guard place >= 0 else { break }
      forced.append(byte)
    }
    return forced
  }

  /// The stacks after some bytes, if there are any.
  private mutating func follow(_ bytes: [UInt8]) -> Int32? {
    var place = set
    for byte in bytes {
      place = store.step(place, byte)
      guard place >= 0 else { return nil }
    }
    return place
  }

  /// How many bytes may be missing behind the next token. What is on the shortest way is always allowed, so that a budget
  /// which was too small from the beginning ends an answer late, and not nowhere.
  func limit(within remaining: Int?) -> Int {
    guard let remaining else { return .max }
    return max(remaining.subtractingReportingOverflow(1).partialValue, shortestCompletion - 1)
  }
}
