import Plan

/// Changes text before it is split.
struct Normalizer: Sendable {
  private enum Step {
    case prepend([UInt8])
    case replace(Matcher, with: [UInt8])
    case normalForm(NormalForm)
    case strip(left: Bool, right: Bool)
    case lowercase
  }

  private let steps: [Step]

  init(_ steps: [NormalizationStep]) throws(TokenizationError) {
    var prepared: [Step] = []
    for step in steps { prepared.append(try Self.prepared(step)) }
    self.steps = prepared
  }

  private static func prepared(_ step: NormalizationStep) throws(TokenizationError) -> Step {
    switch step {
    case .prepend(let text): .prepend(Array(text.utf8))
    case .replace(let pattern, let content): .replace(try Matcher(pattern), with: Array(content.utf8))
    case .normalForm(let form): .normalForm(form)
    case .strip(let left, let right): .strip(left: left, right: right)
    case .lowercase: .lowercase
    }
  }

  /// Bytes that a text of `count` bytes may become at most, whatever the steps: eighteen times is what the longest
  /// compatibility mapping needs, three times what a visible space does.
  static func room(for count: Int) -> Int { count.multipliedReportingOverflow(by: 16).partialValue + 65_536 }

  /// Changes `piece`, which may take up to `room` bytes at any step.
  func normalize(
    _ piece: inout TextPiece, room: Int, _ budget: inout MatchBudget
  ) throws(TokenizationError) {
    for step in steps {
      switch step {
      case .prepend(let text): piece.prepend(text)
      case .replace(let matcher, let content):
        let segments = try matcher.segments(of: piece.bytes, &budget)
        let kept = segments.reduce(0) { $0 + ($1.isMatch ? content.count : $1.range.count) }
        guard kept <= room else { throw .textTooLong(limit: room) }
        piece.replace(matchesOf: segments, with: content)
      case .normalForm(let form): piece.map { form.applied(to: $0) }
      case .strip(let left, let right):
        if right {
          let end = CharacterClass.whiteSpaceStart(before: piece.bytes.endIndex, in: piece.bytes)
          piece = piece.trimmed(to: piece.bytes.startIndex..<end)
        }
        if left {
          let start = CharacterClass.whiteSpaceEnd(after: piece.bytes.startIndex, in: piece.bytes)
          piece = piece.trimmed(to: start..<piece.bytes.endIndex)
        }
      case .lowercase: piece.map(Self.lowercased)
      }
      guard piece.bytes.count <= room else { throw .textTooLong(limit: room) }
    }
  }

  /// Changes a text by itself.
  func normalized(_ text: [UInt8], _ budget: inout MatchBudget) throws(TokenizationError) -> [UInt8] {
    var piece = TextPiece(text)
    try normalize(&piece, room: Self.room(for: text.count), &budget)
    return Array(piece.bytes)
  }

  private static func lowercased(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    CharacterRun.forEachScalar(of: text) { scalar, _ in
      // Character by character: a final sigma is as any other.
      result += scalar.properties.lowercaseMapping.utf8
    }
    return result
  }
}
