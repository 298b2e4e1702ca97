/// A regular expression over characters; no constant of the program, as `Expression`.
indirect enum CharacterPattern: Sendable {
  case empty
  case characters(ScalarSet)
  case sequence([CharacterPattern])
  case choice([CharacterPattern])
  case repetition(CharacterPattern, least: Int, most: Int?)
  /// Nothing, but only where the text begins.
  case start
  /// Nothing, but only where the text ends.
  case end

  static func text(_ text: String) -> CharacterPattern {
    .sequence(text.unicodeScalars.map { .characters(ScalarSet([$0.value...$0.value])) })
  }

  static func one(of characters: String) -> CharacterPattern { .characters(ScalarSet(characters)) }

  static func optional(_ pattern: CharacterPattern) -> CharacterPattern { .choice([.empty, pattern]) }

  static var digit: CharacterPattern { .characters(.digits) }

  static func digits(_ least: Int, _ most: Int) -> CharacterPattern {
    .repetition(digit, least: least, most: most)
  }

  /// A text that has a match anywhere.
  var search: CharacterPattern {
    let anything = CharacterPattern.repetition(.characters(.all), least: 0, most: nil)
    return .sequence([anything, self, anything])
  }
}
