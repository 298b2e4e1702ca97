public import Plan

/// A byte-pair encoding tokenizer, equal to Hugging Face's `tokenizers` for the same tables.
///
/// Encoding never fails on a text as such, whatever its characters or length; it throws only when a pattern
/// needs more steps or memory than it is given.
public struct Tokenizer: Sendable {
  let tokens: [[UInt8]]
  /// Ids that are left out of decoded text.
  let specialTokens: Set<Int32>
  /// By id: what added tokens are decoded from.
  let addedText: [Int32: [UInt8]]
  /// Decoding at its start.
  let pipeline: DecodingPipeline
  /// Whether tokens are bytes of text as they are, and whether some stand for a single byte.
  let bytesOfText: (areTokens: Bool, haveFallback: Bool)
  private let normalizer: Normalizer
  private let splitters: [Splitter]
  private let encoder: BytePairEncoder
  /// By id: the white space that added tokens take with them, where they do.
  let addedTrimming: [Int32: Trimming]
  /// Whole pre-tokens that are tokens; empty unless the tables ignore merges for them.
  private let wholeTokens: [[UInt8]: Int32]
  /// Added tokens found before normalisation, and those found after it.
  private let matchers: (verbatim: AddedTokenMatcher, normalized: AddedTokenMatcher)

  /// Prepares a tokenizer; throws when the tables contradict themselves.
  public init(_ tables: TokenizerTables) throws(TokenizationError) {
    try Self.checkTokens(of: tables)
    try Self.checkMerges(of: tables)
    let outside = Set(tables.addedTokens.lazy.filter { !$0.inVocabulary }.map(\.id))
    let normalizer = try Normalizer(tables.normalization)
    var splitters: [Splitter] = []
    for step in tables.splitting { splitters.append(try Splitter(step)) }
    var found: [(bytes: [UInt8], token: TokenizerTables.AddedToken)] = []
    var budget = MatchBudget(bytes: 0)
    for added in tables.addedTokens {
      found.append((try Self.matchedText(of: added, normalizer, &budget), added))
    }

    tokens = tables.tokens
    self.normalizer = normalizer
    self.splitters = splitters
    try Self.checkDecoding(of: tables)
    pipeline = try Self.pipeline(tables.decoding)
    bytesOfText = (tables.decoding == [.byteLevel], tables.decoding.contains(.byteFallback))
    var model = tables
    model.tokens = Self.modelTokens(of: tables)
    encoder = BytePairEncoder(
      symbols: SymbolTable(model, outside: outside), merges: MergeTable(tables.merges))
    matchers = (
      AddedTokenMatcher(found.filter { !$0.token.normalized }),
      AddedTokenMatcher(found.filter { $0.token.normalized })
    )
    // Hugging Face compares the text that is decoded, so a control token that normalising changes is shown.
    let special = Set(tables.addedTokens.lazy.filter(\.special).map { Array($0.content.utf8) })
    specialTokens = Set(found.lazy.filter { special.contains($0.bytes) }.map(\.token.id))
    addedText = Dictionary(
      found.map { ($0.token.id, tables.scheme == .byteLevel ? ByteAlphabet.bytes(of: $0.bytes) : $0.bytes) },
      uniquingKeysWith: { $1 })
    var whole: [[UInt8]: Int32] = [:]
    if tables.ignoresMerges {
      for (id, bytes) in zip(Int32(0)..., model.tokens) where !bytes.isEmpty && !outside.contains(id) {
        whole[bytes] = id
      }
    }
    wholeTokens = whole
    addedTrimming = Dictionary(
      tables.addedTokens.lazy.filter { $0.trimming != .none }.map { ($0.id, $0.trimming) },
      uniquingKeysWith: { $1 })
  }

  /// Tokens of `text`.
  ///
  /// - Parameter parsingSpecialTokens: whether control tokens written in the text become their ids; if not they
  ///   are read as plain text. Added tokens that are no control tokens are matched in both cases.
  public func encode(_ text: String, parsingSpecialTokens: Bool = true) throws(TokenizationError) -> [Int32] {
    var budget = MatchBudget(bytes: text.utf8.count)
    return try encode(
      valid: Array(text.utf8), isFirst: true, parsingSpecialTokens: parsingSpecialTokens, &budget)
  }

  /// Tokens of `bytes` read as UTF-8, each invalid sequence as U+FFFD.
  public func encode(utf8 bytes: [UInt8], parsingSpecialTokens: Bool = true) throws(TokenizationError)
    -> [Int32]
  {
    try encode(String(decoding: bytes, as: UTF8.self), parsingSpecialTokens: parsingSpecialTokens)
  }

  /// Tokens of a text that is one of many, which share a budget.
  package func encode(_ text: String, _ budget: inout MatchBudget) throws(TokenizationError) -> [Int32] {
    budget.begin()
    defer { budget.end() }
    return try encode(valid: Array(text.utf8), isFirst: true, parsingSpecialTokens: true, &budget)
  }

  /// Tokens of valid UTF-8; `isFirst` says whether it stands at the beginning of what the model reads.

  func encode(
    valid text: [UInt8], isFirst: Bool, parsingSpecialTokens: Bool, _ budget: inout MatchBudget
  ) throws(TokenizationError) -> [Int32] {
    var ids: [Int32] = []
    var encoder = encoder
    // What the parts of the text may become together.
    var room = Normalizer.room(for: text.count)
    for part in matchers.verbatim.parts(
      of: TextPiece(text, isFirst: isFirst), includingSpecial: parsingSpecialTokens)
    {
      switch part {
      case .token(let id): ids.append(id)
      case .text(var piece):
        try normalizer.normalize(&piece, room: room, &budget)
        room -= piece.bytes.count
        for part in matchers.normalized.parts(of: piece, includingSpecial: parsingSpecialTokens) {
          switch part {
          case .token(let id): ids.append(id)
          case .text(let piece):
            try encode(piece, room: room + piece.bytes.count, &budget, with: &encoder, into: &ids)
          }
        }
      }
    }
    return ids
  }

  /// Appends the tokens of normalised text without added tokens.
  private func encode(
    _ text: TextPiece, room: Int, _ budget: inout MatchBudget, with encoder: inout BytePairEncoder,
    into ids: inout [Int32]
  ) throws(TokenizationError) {
    var pieces = [text]
    for splitter in splitters {
      var parts: [TextPiece] = []
      for piece in pieces {
        for part in try splitter.pieces(of: piece, &budget) where !part.bytes.isEmpty { parts.append(part) }
      }
      guard parts.reduce(0, { $0 + $1.bytes.count }) <= room else { throw .textTooLong(limit: room) }
      pieces = parts
    }
    for piece in pieces {
      if !wholeTokens.isEmpty, let id = wholeTokens[Array(piece.bytes)] {
        ids.append(id)
      } else {
        encoder.encode(piece.bytes, into: &ids)
      }
    }
  }
}
