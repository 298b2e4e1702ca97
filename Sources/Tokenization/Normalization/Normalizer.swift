import PlanFormat

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

  /// Changes `piece`.
  func normalize(_ piece: inout TextPiece) throws(TokenizationError) {
    for step in steps {
      switch step {
      case .prepend(let text): piece.prepend(text)
      case .replace(let matcher, let content):
        piece.replace(matchesOf: try matcher.segments(of: piece.bytes), with: content)
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
    }
  }

  /// Changes a text by itself.
  func normalized(_ text: [UInt8]) throws(TokenizationError) -> [UInt8] {
    var piece = TextPiece(text)
    try normalize(&piece)
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
