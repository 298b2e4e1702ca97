import Plan

extension Jinja {
  /// Methods of Python's text; `nil` when there is none for these arguments.
  static func textMethod(_ name: String, _ text: String, _ values: Values) -> Value? {
    var arguments: [String] = []
    var number: Int?
    for value in values.positional {
      switch value {
      case .string(let text) where number == nil: arguments.append(text)
      case .int(let value) where number == nil: number = value
      // split(None, 1)
      case .none where arguments.isEmpty && number == nil: continue
      default: return nil
      }
    }
    if number == nil, let result = plainMethod(name, text, arguments) { return result }
    let limit = number ?? -1
    switch (name, arguments.count) {
    case ("split", 0): return .texts(number == nil ? words(text) : words(text, limit: limit))
    case ("split", 1) where !arguments[0].isEmpty: return .texts(split(text, arguments[0], limit: limit))
    case ("rsplit", 1) where !arguments[0].isEmpty:
      return .texts(splitBackwards(text, arguments[0], limit: limit))
    default: return nil
    }
  }

  /// Methods that take text alone.
  private static func plainMethod(_ name: String, _ text: String, _ arguments: [String]) -> Value? {
    let first = arguments.first
    switch (name, arguments.count) {
    case ("strip", 0...1): return .string(strip(text, first, left: true, right: true))
    case ("lstrip", 0...1): return .string(strip(text, first, left: true, right: false))
    case ("rstrip", 0...1): return .string(strip(text, first, left: false, right: true))
    case ("upper", 0): return .string(upper(text))
    case ("lower", 0): return .string(lower(text))
    case ("title", 0): return .string(title(text))
    case ("capitalize", 0): return .string(capitalized(text))
    case ("splitlines", 0): return .texts(lines(text))
    case ("isdigit", 0):
      return .bool(
        holds(text) { $0.properties.numericType == .decimal || $0.properties.numericType == .digit })
    case ("isalpha", 0): return .bool(holds(text) { $0.properties.generalCategory.isLetter })
    case ("isspace", 0): return .bool(holds(text, Trimming.isSpace))
    case ("isupper", 0): return .bool(isUpper(text))
    case ("islower", 0): return .bool(isLower(text))
    case ("startswith", 1): return .bool(text.utf8.starts(with: arguments[0].utf8))
    case ("endswith", 1): return .bool(text.utf8.reversed().starts(with: arguments[0].utf8.reversed()))
    case ("find", 1): return .int(range(of: arguments[0], in: text)?.lowerBound ?? -1)
    case ("count", 1) where !arguments[0].isEmpty:
      return .int(split(text, arguments[0], limit: -1).count - 1)
    case ("removeprefix", 1):
      guard text.utf8.starts(with: arguments[0].utf8) else { return .string(text) }
      return .string(String(text.unicodeScalars.dropFirst(arguments[0].unicodeScalars.count)))
    case ("removesuffix", 1):
      guard text.utf8.reversed().starts(with: arguments[0].utf8.reversed()) else { return .string(text) }
      return .string(String(text.unicodeScalars.dropLast(arguments[0].unicodeScalars.count)))
    default: return nil
    }
  }

  private static func holds(_ text: String, _ condition: (Unicode.Scalar) -> Bool) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy(condition)
  }
}

extension Unicode.GeneralCategory {
  /// What Python's `isalpha` takes for a letter.
  var isLetter: Bool {
    switch self {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }
}
