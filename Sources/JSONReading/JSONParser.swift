/// Reads JSON strictly (RFC 8259), with limits on nesting and on the number of values, which bound its memory.
package struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private var values = 0
  private static let depthLimit = 64
  private static let idleComma = "a comma with nothing behind it"
  /// Values of one document; a tokenizer of 260,000 tokens and half a million merges has two million.
  package static let valueLimit = 1 << 22
  private let allowsNonFinite: Bool
  private let valueLimit: Int

  /// What is wrong and in which line.
  package struct Failure: Error {
    package var line: Int
    package var reason: String
  }

  /// Parses a whole document. Where asked for, `NaN`, `Infinity` and `-Infinity` are numbers as well: Python writes them,
  /// so configurations have them.
  package static func parse(
    _ bytes: [UInt8], allowingNonFinite: Bool = false, valueLimit: Int = Self.valueLimit
  ) throws(Failure) -> JSON {
    var parser = JSONParser(bytes: bytes, allowsNonFinite: allowingNonFinite, valueLimit: valueLimit)
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.failure("something follows the value") }
    return value
  }

  private init(bytes: [UInt8], allowsNonFinite: Bool, valueLimit: Int) {
    self.valueLimit = valueLimit
    self.bytes = bytes
    self.allowsNonFinite = allowsNonFinite
  }

  private func failure(_ reason: String) -> Failure {
    let newline = UInt8(ascii: "\n")
    return Failure(line: 1 + bytes.prefix(position).count { $0 == newline }, reason: reason)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(Failure) -> JSON {
    skipSpace()
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw failure("is nested deeper than \(Self.depthLimit)") }
    values += 1
    guard values <= valueLimit else { throw failure("has more than \(valueLimit) values") }
    switch next {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "N") where allowsNonFinite: return try word("NaN", .real(.nan))
    case UInt8(ascii: "I") where allowsNonFinite: return try word("Infinity", .real(.infinity))
    case UInt8(ascii: "-") where allowsNonFinite && bytes[position...].starts(with: "-I".utf8):
      return try word("-Infinity", .real(-.infinity))
    case .some: return try number()
    case nil: throw failure("ends too early")
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(Failure) -> JSON {
    guard bytes[position...].starts(with: word.utf8) else { throw failure("has an unknown word") }
    position += word.utf8.count
    return value
  }

  private mutating func object() throws(Failure) -> JSON {
    position += 1
    var object = JSONObject()
    skipSpace()
    if take("}") { return .object(object) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else {
        if !object.members.isEmpty, next == UInt8(ascii: "}") { throw failure(Self.idleComma) }
        throw failure("a name is expected")
      }
      let name = try string()
      skipSpace()
      guard take(":") else { throw failure("':' is expected after \"\(name.prefix(64))\"") }
      guard object.add(name, try value()) else { throw failure("\"\(name.prefix(64))\" is there twice") }
      skipSpace()
    } while take(",")
    guard take("}") else { throw failure("',' or '}' is expected") }
    return .object(object)
  }

  private mutating func array() throws(Failure) -> JSON {
    position += 1
    var values: [JSON] = []
    skipSpace()
    if take("]") { return .array(values) }
    repeat {
      skipSpace()
      if !values.isEmpty, next == UInt8(ascii: "]") { throw failure(Self.idleComma) }
      values.append(try value())
      skipSpace()
    } while take(",")
    guard take("]") else { throw failure("',' or ']' is expected") }
    return .array(values)
  }

  private mutating func number() throws(Failure) -> JSON {
    let start = position
    for name in ["NaN", "Infinity", "-Infinity"] where bytes[position...].starts(with: name.utf8) {
      throw failure("\(name) is no number of JSON")
    }
    while let byte = next, isNumberByte(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard let first = digits.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
      !(digits.count > 1 && digits.hasPrefix("0") && digits.dropFirst().first?.isNumber ?? false)
    else { throw failure("an unexpected character") }
    if let integer = Int(text) { return .integer(integer) }
    guard let real = Double(text) else { throw failure("'\(text.prefix(64))' is not a number") }
    return .real(real)
  }

  private func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func string() throws(Failure) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw failure("text is not UTF-8") }
        return string
      case UInt8(ascii: "\\"): text += String(try escape()).utf8
      case 0..<0x20: throw failure("a control character in text")
      default: text.append(byte)
      }
    }
    throw failure("text does not end")
  }

  private mutating func escape() throws(Failure) -> Unicode.Scalar {
    guard let byte = next else { throw failure("text does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xd800..<0xdc00).contains(code), take("\\"), take("u") {
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low) else { throw failure("half of a surrogate pair") }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair") }
      return scalar
    default: throw failure("an unknown escape")
    }
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    guard position + 4 <= bytes.count,
      let digits = String(validating: bytes[position..<position + 4], as: UTF8.self),
      digits.allSatisfy(\.isHexDigit), let code = UInt32(digits, radix: 16)
    else { throw failure("four hexadecimal digits are expected") }
    position += 4
    return code
  }
}
