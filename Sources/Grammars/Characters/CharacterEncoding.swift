/// How the characters of a text stand in the output.
enum CharacterEncoding: Sendable {
  /// As they are.
  case plain
  /// As within a JSON string: escaped where they must be, and in one way only.
  case json

  /// What stands for each character of a set.
  func expression(of set: ScalarSet) -> Expression {
    guard case .json = self else { return .characters(set) }
    var choices: [Expression] = []
    let plain = set.subtracting(Self.escaped)
    if !plain.isEmpty { choices.append(.characters(plain)) }
    for range in set.intersection(Self.escaped).ranges {
      for value in range { choices.append(.literal(Self.escape(UInt8(value)))) }
    }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  /// A text as the bytes of a JSON string, without quotes.
  static func jsonBytes(of text: String) -> [UInt8] {
    text.utf8.flatMap {
      $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") ? escape($0) : [$0]
    }
  }

  private static let escaped = ScalarSet([0...0x1F, 0x22...0x22, 0x5C...0x5C])

  private static func escape(_ byte: UInt8) -> [UInt8] {
    switch byte {
    case 0x08: Array("\\b".utf8)
    case 0x09: Array("\\t".utf8)
    case 0x0A: Array("\\n".utf8)
    case 0x0C: Array("\\f".utf8)
    case 0x0D: Array("\\r".utf8)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
    default: Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
    }
  }
}
