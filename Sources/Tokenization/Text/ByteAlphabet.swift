/// GPT-2's alphabet: each byte is written as one visible character, so that tokens are text in JSON.
public enum ByteAlphabet {
  /// The character of each byte: itself where it is visible, else the next free one from U+0100 on.
  static let characters: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (0..<256 as Range<UInt32>).map { byte in
      switch byte {
      case 0x21...0x7e, 0xa1...0xac, 0xae...0xff: break
      default:
        defer { next += 1 }
        return Unicode.Scalar(next) ?? " "
      }
      return Unicode.Scalar(byte) ?? " "
    }
  }()

  private static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
    zip(characters, (0..<256).map(UInt8.init)), uniquingKeysWith: { first, _ in first })

  /// The bytes a token's text stands for; `nil` when a character is not of the alphabet.
  public static func bytes(of token: String) -> [UInt8]? {
    var result: [UInt8] = []
    for scalar in token.unicodeScalars {
      guard let byte = bytes[scalar] else { return nil }
      result.append(byte)
    }
    return result
  }

  /// The text of a token of one byte.
  public static func text(of byte: UInt8) -> String { String(characters[Int(byte)]) }

  /// The bytes that text stands for, or its own when a character is not of the alphabet.
  static func bytes(of text: [UInt8]) -> [UInt8] { bytes(of: String(decoding: text, as: UTF8.self)) ?? text }
}
