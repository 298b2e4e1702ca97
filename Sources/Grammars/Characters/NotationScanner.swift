/// Reads a notation character by character and knows the place.
struct NotationScanner {
  private let scalars: [Unicode.Scalar]
  private(set) var position = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  /// The character behind the next one.
  var second: Unicode.Scalar? { position + 1 < scalars.count ? scalars[position + 1] : nil }

  mutating func take() -> Unicode.Scalar? {
    guard let scalar = next else { return nil }
    position += 1
    return scalar
  }

  mutating func take(_ text: String) -> Bool {
    let expected = text.unicodeScalars
    guard scalars[position...].starts(with: expected) else { return false }
    position += expected.count
    return true
  }

  mutating func go(to position: Int) { self.position = position }

  /// Skips spaces and comments, and line breaks if they do not end anything here.
  mutating func skipSpace(acrossLines: Bool) {
    while let scalar = next {
      if scalar == "#" {
        while let scalar = next, scalar != "\n", scalar != "\r" { position += 1 }
      } else if scalar == " " || scalar == "\t" || acrossLines && (scalar == "\n" || scalar == "\r") {
        position += 1
      } else {
        return
      }
    }
  }

  /// A name of letters, digits and hyphens; empty where there is none.
  mutating func name() -> String {
    var name = ""
    while let scalar = next, Self.isNamePart(scalar) {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    return name
  }

  /// A number; `nil` where there is none, the greatest there is if it is greater.
  mutating func number() -> Int? {
    var number: Int?
    while let scalar = next, ("0"..."9").contains(scalar) {
      let (product, overflows) = (number ?? 0).multipliedReportingOverflow(by: 10)
      let (sum, carries) = product.addingReportingOverflow(Int(scalar.value) - 48)
      number = overflows || carries ? .max : sum
      position += 1
    }
    return number
  }

  /// A number of exactly so many hexadecimal digits.
  mutating func hexadecimal(_ count: Int) -> UInt32? {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let scalar = next, let digit = Character(scalar).hexDigitValue, scalar.isASCII else { return nil }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  /// An error at a place, or at the next character.
  func failure(_ reason: String, at place: Int? = nil) -> GrammarError {
    var line = 1
    var column = 1
    for scalar in scalars.prefix(place ?? position) {
      column += 1
      if scalar == "\n" { (line, column) = (line + 1, 1) }
    }
    return .syntax(line: line, column: column, reason: reason)
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
    default: false
    }
  }
}
