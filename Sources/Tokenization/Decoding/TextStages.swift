/// Joins all tokens to one.
struct FuseStage: DecodingStage {
  mutating func push(_ chunk: TextChunk, into output: inout [TextChunk]) {
    output.append(TextChunk(bytes: chunk.bytes, endsToken: false))
  }

  mutating func finish(into output: inout [TextChunk]) {
    output.append(TextChunk(bytes: [], endsToken: true))
  }
}

/// Puts text between tokens.
struct JoinStage: DecodingStage {
  let separator: [UInt8]
  private var isBetween = false

  init(_ separator: [UInt8]) { self.separator = separator }

  mutating func push(_ chunk: TextChunk, into output: inout [TextChunk]) {
    output.append(TextChunk(bytes: (isBetween ? separator : []) + chunk.bytes, endsToken: chunk.endsToken))
    isBetween = chunk.endsToken
  }
}

/// Puts `content` in the place of every match within a token.
struct ReplaceStage: DecodingStage {
  let matcher: Matcher
  let content: [UInt8]
  private var token: [UInt8] = []
  private var budget: MatchBudget

  init(_ matcher: Matcher, content: [UInt8], _ budget: MatchBudget) {
    self.budget = budget
    self.matcher = matcher
    self.content = content
  }

  mutating func push(_ chunk: TextChunk, into output: inout [TextChunk]) {
    token += chunk.bytes
    guard chunk.endsToken || matchesOneCharacter else { return }
    var piece = TextPiece(token)
    // A match that was given up leaves the token as it is: there is no one to tell.
    budget.begin()
    if let segments = try? matcher.segments(of: piece.bytes, &budget) {
      piece.replace(matchesOf: segments, with: content)
    }
    budget.end()
    output.append(TextChunk(bytes: Array(piece.bytes), endsToken: chunk.endsToken))
    token.removeAll(keepingCapacity: true)
  }

  /// Then no match needs more than a chunk has.
  private var matchesOneCharacter: Bool {
    guard case .literal(let bytes) = matcher else { return false }
    return String(decoding: bytes, as: UTF8.self).unicodeScalars.count == 1
  }
}

/// Writes a replacement character as a space, or drops it from the first token.
struct MetaspaceStage: DecodingStage {
  let replacement: [UInt8]
  let dropsFirst: Bool
  private var isFirst = true

  init(_ replacement: [UInt8], dropsFirst: Bool) {
    self.replacement = replacement
    self.dropsFirst = dropsFirst
  }

  mutating func push(_ chunk: TextChunk, into output: inout [TextChunk]) {
    var result: [UInt8] = []
    CharacterRun.forEachScalar(of: chunk.bytes[...]) { _, range in
      if !chunk.bytes[range].elementsEqual(replacement) {
        result += chunk.bytes[range]
      } else if !(isFirst && dropsFirst) {
        result.append(UInt8(ascii: " "))
      }
    }
    output.append(TextChunk(bytes: result, endsToken: chunk.endsToken))
    if chunk.endsToken { isFirst = false }
  }
}

/// Takes up to `start` and `stop` of one character off the ends of each token.
struct StripStage: DecodingStage {
  let character: [UInt8]
  let start: Int
  let stop: Int
  /// Characters that may still be taken off this token's start.
  private var left: Int
  /// How many of the character are held back, because the token may end with them.
  private var held = 0

  init(_ character: [UInt8], start: Int, stop: Int) {
    self.character = character
    self.start = start
    self.stop = stop
    left = start
  }

  mutating func push(_ chunk: TextChunk, into output: inout [TextChunk]) {
    var result: [UInt8] = []
    CharacterRun.forEachScalar(of: chunk.bytes[...]) { _, range in
      let isCharacter = chunk.bytes[range].elementsEqual(character)
      if isCharacter && left > 0 {
        left -= 1
      } else if isCharacter && held < stop {
        left = 0
        held += 1
      } else if isCharacter {
        // The first of those held goes, this one stays behind in its place.
        left = 0
        result += character
      } else {
        left = 0
        for _ in 0..<held { result += character }
        held = 0
        result += chunk.bytes[range]
      }
    }
    output.append(TextChunk(bytes: result, endsToken: chunk.endsToken))
    if chunk.endsToken { (left, held) = (start, 0) }
  }
}
