/// What a step looks for in text.
public enum TextPattern: Equatable, Sendable {
  /// These characters.
  case literal(String)
  /// A regular expression in the dialect of Hugging Face's `tokenizers`.
  case expression(String)

  /// The characters or the expression.
  public var source: String {
    switch self {
    case .literal(let text), .expression(let text): text
    }
  }
}

/// A change of text before it is split.
public enum NormalizationStep: Equatable, Sendable {
  /// Puts text in front of what is not empty.
  case prepend(String)
  /// Puts `content` in the place of every match.
  case replace(TextPattern, content: String)
  /// Brings text into a normal form of Unicode.
  case normalForm(NormalForm)
  /// Takes white space off the ends.
  case strip(left: Bool, right: Bool)
  /// Makes every character lower case.
  case lowercase
}

/// A normal form of Unicode.
public enum NormalForm: String, CaseIterable, Sendable {
  /// Canonically composed.
  case nfc
  /// Canonically decomposed.
  case nfd
  /// Composed, compatible characters made one.
  case nfkc
  /// Decomposed, compatible characters made one.
  case nfkd
}

/// A step that cuts text into pre-tokens, applied to each piece that the step before has made.
public enum SplittingStep: Equatable, Sendable {
  /// Cuts at matches, or between them when `inverted`.
  case split(TextPattern, SplitBehavior, inverted: Bool)
  /// Cuts at numbers, each character for itself or as runs.
  case digits(individual: Bool)
  /// Cuts at punctuation.
  case punctuation(SplitBehavior)
  /// Keeps runs of word characters and runs of others, and drops white space.
  case words
  /// Cuts at white space and drops it.
  case whiteSpace
  /// Puts a space in front of a piece that starts without one.
  case prefixSpace
  /// Writes spaces as `replacement`, puts one in front, and cuts before each when `splits`.
  case metaspace(replacement: String, prepend: PrependScheme, splits: Bool)
}

/// What becomes of the matches that text is cut at.
public enum SplitBehavior: String, CaseIterable, Sendable {
  /// They are pieces of their own.
  case isolated
  /// They are dropped.
  case removed
  /// They end the piece before them.
  case mergedWithPrevious = "merged_with_previous"
  /// They start the piece after them.
  case mergedWithNext = "merged_with_next"
  /// Neighbouring ones are one piece.
  case contiguous
}

/// Which pieces get a replacement character in front.
public enum PrependScheme: String, CaseIterable, Sendable {
  /// All.
  case always
  /// The one that the text starts with.
  case first
  /// None.
  case never
}

/// A step from tokens back to text; each takes a list of texts and gives one.
public enum DecodingStep: Equatable, Sendable {
  /// Joins bytes; what is no UTF-8 becomes U+FFFD.
  case byteLevel
  /// Puts `content` in the place of every match within a token.
  case replace(TextPattern, content: String)
  /// Joins runs of tokens like `<0x0A>` to characters.
  case byteFallback
  /// Joins all tokens to one.
  case fuse
  /// Takes up to `start` and `stop` of one character off the ends of each token.
  case strip(String, start: Int, stop: Int)
  /// Writes `replacement` as a space, or drops it from the first token when `dropsFirst`.
  case metaspace(replacement: String, dropsFirst: Bool)
  /// Puts text between tokens.
  case join(String)
}
