import Plan

/// One step as the file holds it: what `first` and `second` are depends on the kind.
struct StepRow: Equatable {
  var stage: String
  var kind: String
  var mode = ""
  var pattern = ""
  var content = ""
  var first: Int32 = 0
  var second: Int32 = 0

  /// Kinds end in this when `pattern` is a regular expression.
  fileprivate static let expressionSuffix = "_expression"
}

extension StepRow {
  init(_ step: NormalizationStep) {
    self.init(stage: "normalize", kind: "")
    switch step {
    case .prepend(let text): (kind, content) = ("prepend", text)
    case .replace(let pattern, let text): put("replace", pattern, content: text)
    case .normalForm(let form): (kind, mode) = ("normal_form", form.rawValue)
    case .strip(let left, let right): (kind, first, second) = ("strip", left ? 1 : 0, right ? 1 : 0)
    case .lowercase: kind = "lowercase"
    }
  }

  init(_ step: SplittingStep) {
    self.init(stage: "split", kind: "")
    switch step {
    case .split(let pattern, let behavior, let inverted):
      put("split", pattern)
      (mode, first) = (behavior.rawValue, inverted ? 1 : 0)
    case .digits(let individual): (kind, first) = ("digits", individual ? 1 : 0)
    case .punctuation(let behavior): (kind, mode) = ("punctuation", behavior.rawValue)
    case .words: kind = "words"
    case .whiteSpace: kind = "white_space"
    case .prefixSpace: kind = "prefix_space"
    case .metaspace(let replacement, let prepend, let splits):
      (kind, mode, content, first) = ("metaspace", prepend.rawValue, replacement, splits ? 1 : 0)
    }
  }

  init(_ step: DecodingStep) {
    self.init(stage: "decode", kind: "")
    switch step {
    case .byteLevel: kind = "byte_level"
    case .replace(let pattern, let text): put("replace", pattern, content: text)
    case .byteFallback: kind = "byte_fallback"
    case .fuse: kind = "fuse"
    case .strip(let text, let start, let stop):
      (kind, content, first, second) = ("strip", text, Int32(clamping: start), Int32(clamping: stop))
    case .metaspace(let replacement, let dropsFirst):
      (kind, content, first) = ("metaspace", replacement, dropsFirst ? 1 : 0)
    case .join(let text): (kind, content) = ("join", text)
    }
  }

  private mutating func put(_ kind: String, _ pattern: TextPattern, content: String = "") {
    self.kind = kind
    if case .expression = pattern { self.kind += Self.expressionSuffix }
    self.pattern = pattern.source
    self.content = content
  }
}

extension StepRow {
  /// The step of this row; `nil` when kind or mode is unknown or a flag is neither 0 nor 1.
  var normalization: NormalizationStep? {
    switch kind {
    case "prepend": .prepend(content)
    case "replace", "replace" + Self.expressionSuffix: .replace(text, content: content)
    case "normal_form": NormalForm(rawValue: mode).map { .normalForm($0) }
    case "strip": flag(first).flatMap { left in flag(second).map { .strip(left: left, right: $0) } }
    case "lowercase": .lowercase
    default: nil
    }
  }

  /// The step of this row, as `normalization`.
  var splitting: SplittingStep? {
    switch kind {
    case "split", "split" + Self.expressionSuffix:
      guard let behavior = SplitBehavior(rawValue: mode), let inverted = flag(first) else { return nil }
      return .split(text, behavior, inverted: inverted)
    case "digits": return flag(first).map { .digits(individual: $0) }
    case "punctuation": return SplitBehavior(rawValue: mode).map { .punctuation($0) }
    case "words": return .words
    case "white_space": return .whiteSpace
    case "prefix_space": return .prefixSpace
    case "metaspace":
      guard let prepend = PrependScheme(rawValue: mode), let splits = flag(first) else { return nil }
      return .metaspace(replacement: content, prepend: prepend, splits: splits)
    default: return nil
    }
  }

  /// The step of this row, as `normalization`.
  var decoding: DecodingStep? {
    switch kind {
    case "byte_level": .byteLevel
    case "replace", "replace" + Self.expressionSuffix: .replace(text, content: content)
    case "byte_fallback": .byteFallback
    case "fuse": .fuse
    case "strip": .strip(content, start: Int(first), stop: Int(second))
    case "metaspace": flag(first).map { .metaspace(replacement: content, dropsFirst: $0) }
    case "join": .join(content)
    default: nil
    }
  }

  private var text: TextPattern {
    kind.hasSuffix(Self.expressionSuffix) ? .expression(pattern) : .literal(pattern)
  }

  private func flag(_ value: Int32) -> Bool? { (0...1).contains(value) ? value == 1 : nil }
}
