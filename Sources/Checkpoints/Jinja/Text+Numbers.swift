/// Numbers as Python reads them from text.
extension Jinja {
  /// `int(text)`; `nil` where Python refuses it.
  static func integer(_ text: String) -> Int? { digits(text).flatMap { Int($0) } }

  /// `float(text)`; `nil` where Python refuses it.
  static func real(_ text: String) -> Double? {
    guard let text = digits(text) else { return nil }
    switch text.lowercased() {
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    case "nan", "+nan", "-nan": return .nan
    default: break
    }
    // Swift reads hexadecimal ones as well.
    let isDecimal = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        true
      default: false
      }
    }
    return isDecimal ? Double(text) : nil
  }

  /// Text without the white space around it and the underscores between digits; `nil` where they are elsewhere.
  private static func digits(_ text: String) -> String? {
    let text = Array(strip(text, nil, left: true, right: true).utf8)
    func isDigit(_ place: Int) -> Bool {
      text.indices.contains(place) && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[place])
    }
    for (place, byte) in text.enumerated() where byte == UInt8(ascii: "_") {
      guard isDigit(place - 1), isDigit(place + 1) else { return nil }
    }
    return String(decoding: text.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
  }
}
