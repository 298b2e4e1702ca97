public import PlanFormat

/// A byte-level BPE tokenizer, equal to Hugging Face's `tokenizers` for the same tables.
///
/// Encoding never fails on a text as such, whatever its characters or length; it throws only when the pattern
/// needs more steps or memory than it is given.
public struct Tokenizer: Sendable {
  let addsPrefixSpace: Bool
  let tokens: [[UInt8]]
  /// Ids that are left out of decoded text.
  let specialTokens: Set<Int32>
  private let pattern: Pattern?
  private let encoder: BytePairEncoder
  /// Whole pre-tokens that are tokens; empty unless the tables ignore merges for them.
  private let wholeTokens: [[UInt8]: Int32]
  /// Added tokens not subject to normalisation, then the others: Hugging Face matches them in two rounds.
  private let matchers: [AddedTokenMatcher]

  /// Prepares a tokenizer; throws when the tables contradict themselves.
  public init(_ tables: TokenizerTables) throws(TokenizationError) {
    let count = tables.tokens.count
    for added in tables.addedTokens where added.content.isEmpty || !(0..<count).contains(Int(added.id)) {
      throw .invalidAddedToken(id: added.id)
    }
    let addedIDs = Set(tables.addedTokens.map(\.id))
    let byteTokens = try Self.byteTokens(of: tables, addedIDs)
    try Self.checkMerges(of: tables)

    addsPrefixSpace = tables.addsPrefixSpace
    tokens = tables.tokens
    specialTokens = Set(tables.addedTokens.lazy.filter(\.special).map(\.id))
    pattern = tables.pattern.isEmpty ? nil : try Pattern(tables.pattern)
    encoder = BytePairEncoder(byteTokens: byteTokens, merges: MergeTable(tables.merges))
    matchers = [false, true].map { normalized in
      AddedTokenMatcher(tables.addedTokens.filter { $0.normalized == normalized })
    }
    var whole: [[UInt8]: Int32] = [:]
    if tables.ignoresMerges {
      // Not added tokens: those are matched by their own rules or not at all.
      for (id, bytes) in zip(Int32(0)..., tables.tokens) where !bytes.isEmpty && !addedIDs.contains(id) {
        whole[bytes] = id
      }
    }
    wholeTokens = whole
  }

  /// Tokens of `text`.
  ///
  /// - Parameter parsingSpecialTokens: whether control tokens written in the text become their ids; if not they
  ///   are read as plain text. Added tokens that are no control tokens are matched in both cases.
  public func encode(_ text: String, parsingSpecialTokens: Bool = true) throws(TokenizationError) -> [Int32] {
    try encode(valid: Array(text.utf8), parsingSpecialTokens: parsingSpecialTokens)
  }

  /// Tokens of `bytes` read as UTF-8, each invalid sequence as U+FFFD.
  public func encode(utf8 bytes: [UInt8], parsingSpecialTokens: Bool = true) throws(TokenizationError)
    -> [Int32]
  {
    try encode(String(decoding: bytes, as: UTF8.self), parsingSpecialTokens: parsingSpecialTokens)
  }

  private func encode(valid text: [UInt8], parsingSpecialTokens: Bool) throws(TokenizationError) -> [Int32] {
    var parts: [AddedTokenMatcher.Part] = text.isEmpty ? [] : [.text(text[...])]
    for matcher in matchers {
      parts = parts.flatMap { part in
        guard case .text(let text) = part else { return [part] }
        return matcher.parts(of: text, includingSpecial: parsingSpecialTokens)
      }
    }
    var ids: [Int32] = []
    var encoder = encoder
    for part in parts {
      switch part {
      case .token(let id): ids.append(id)
      case .text(let text): try encode(text, with: &encoder, into: &ids)
      }
    }
    return ids
  }

  /// Appends the tokens of text without added tokens.
  private func encode(
    _ text: ArraySlice<UInt8>, with encoder: inout BytePairEncoder, into ids: inout [Int32]
  ) throws(TokenizationError) {
    let space = UInt8(ascii: " ")
    let text = addsPrefixSpace && text.first != space ? ([space] + text)[...] : text
    let pieces = try pattern?.pieces(of: text) ?? [text.startIndex..<text.endIndex]
    for piece in pieces {
      if !wholeTokens.isEmpty, let id = wholeTokens[Array(text[piece])] {
        ids.append(id)
      } else {
        encoder.encode(text[piece], into: &ids)
      }
    }
  }
}
