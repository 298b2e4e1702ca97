extension Int {
  /// "3rd", "11th"
  var ordinal: String {
    let suffix =
      switch (self % 10, self % 100) {
      case (1, let rest) where rest != 11: "st"
      case (2, let rest) where rest != 12: "nd"
      case (3, let rest) where rest != 13: "rd"
      default: "th"
      }
    return "\(self)\(suffix)"
  }
}
