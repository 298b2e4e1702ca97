extension TokenizerTables {
  /// Steps that a tokenizer has at most.
  package static let stepLimit = 64
  /// How many times longer the steps of one direction may make a text, so that memory stays in proportion.
  private static let growthLimit = 4096

  /// Demands patterns and texts of sensible size, and decoding that fits the vocabulary.
  package func validateSteps() throws(Flaw) {
    let path = "/tokenizer"
    guard normalization.count + splitting.count + decoding.count <= Self.stepLimit else {
      throw Flaw(path, "has more than \(Self.stepLimit) steps")
    }
    var growth = 1
    for step in normalization {
      switch step {
      case .replace(let pattern, let content): growth *= try Self.growth(pattern, content)
      case .prepend(let text): try Self.check(text, longest: 256)
      case .normalForm, .strip, .lowercase: break
      }
      guard growth <= Self.growthLimit else { throw Flaw(path, "normalisation makes text too long") }
    }
    for step in splitting {
      switch step {
      case .split(let pattern, _, _): try Self.check(pattern)
      case .metaspace(let replacement, _, _): try Self.checkCharacter(replacement)
      default: break
      }
    }
    growth = 1
    for (index, step) in decoding.enumerated() {
      switch step {
      case .byteLevel:
        guard scheme == .byteLevel, index == 0 else {
          throw Flaw(path, "decodes bytes after other steps or from a vocabulary of characters")
        }
      case .replace(let pattern, let content): growth *= try Self.growth(pattern, content)
      case .strip(let character, let start, let stop):
        try Self.checkCharacter(character)
        guard (0...1024).contains(start), (0...1024).contains(stop) else {
          throw Flaw(path, "decoding strips \(start) and \(stop) characters, expected 0 to 1024")
        }
      case .metaspace(let replacement, _): try Self.checkCharacter(replacement)
      case .join(let text): try Self.check(text, longest: 256)
      case .byteFallback, .fuse: break
      }
      guard growth <= Self.growthLimit else { throw Flaw(path, "decoding makes text too long") }
    }
    guard scheme == .characters || decoding.first == .byteLevel else {
      throw Flaw(path, "does not decode its bytes")
    }
  }

  /// An upper bound of how many times longer a replacement makes a text.
  private static func growth(_ pattern: TextPattern, _ content: String) throws(Flaw) -> Int {
    try check(pattern)
    try check(content, longest: 256)
    switch pattern {
    case .literal(let text): return max(1, (content.utf8.count + text.utf8.count - 1) / text.utf8.count)
    // A match may be empty and stand between any two characters.
    case .expression: return content.utf8.count + 1
    }
  }

  private static func check(_ pattern: TextPattern) throws(Flaw) {
    guard !pattern.source.isEmpty else { throw Flaw("/tokenizer", "has a step with an empty pattern") }
    guard pattern.source.utf8.count <= 4096 else {
      throw Flaw("/tokenizer", "pattern is longer than 4096 bytes")
    }
  }

  private static func check(_ text: String, longest: Int) throws(Flaw) {
    guard text.utf8.count <= longest else {
      throw Flaw("/tokenizer", "has a step with a text longer than \(longest) bytes")
    }
  }

  private static func checkCharacter(_ text: String) throws(Flaw) {
    guard text.unicodeScalars.count == 1 else {
      throw Flaw("/tokenizer", "has a step with '\(text.prefix(16))', expected one character")
    }
  }
}
