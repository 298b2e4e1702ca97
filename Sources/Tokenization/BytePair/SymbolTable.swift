import Plan

/// What merging starts from: the token of each byte or character of a text.
struct SymbolTable: Sendable {
  private let scheme: TokenizerTables.Scheme
  /// By byte: its token, or -1. Of a vocabulary of characters, tokens like `<0x0A>` if they are to be used.
  private var bytes: [Int32]
  private var characters: [UInt32: Int32] = [:]
  private let unknown: Int32
  private let fusesUnknown: Bool

  /// - Parameter outside: ids of added tokens that are no entries of the model's vocabulary.
  init(_ tables: TokenizerTables, outside: Set<Int32>) {
    scheme = tables.scheme
    unknown = Int32(clamping: tables.unknownToken)
    fusesUnknown = tables.fusesUnknown
    bytes = [Int32](repeating: -1, count: 256)
    for (id, token) in zip(Int32(0)..., tables.tokens) where !outside.contains(id) {
      switch scheme {
      case .byteLevel:
        if token.count == 1 { bytes[Int(token[0])] = id }
      case .characters:
        if tables.fallsBackToBytes, let byte = ByteToken.byte(of: token, lowercase: false) {
          bytes[Int(byte)] = id
        }
        // The longest UTF-8 form of a character has four bytes.
        guard (1...4).contains(token.count) else { continue }
        let scalars = String(decoding: token, as: UTF8.self).unicodeScalars
        if let first = scalars.first, scalars.count == 1 { characters[first.value] = id }
      }
    }
  }

  /// Appends the symbols of `text`, valid UTF-8 where the scheme is of characters.
  func append(_ text: ArraySlice<UInt8>, to symbols: inout [Int32]) {
    // An unknown symbol waits for its neighbour, and byte tokens overtake it, as in Hugging Face's `tokenizers`.
    var isWaiting = false
    func known(_ id: Int32, _ symbols: inout [Int32]) {
      if isWaiting { symbols.append(unknown) }
      isWaiting = false
      symbols.append(id)
    }
    func missing(_ symbols: inout [Int32]) {
      guard unknown >= 0 else { return }
      if isWaiting && !fusesUnknown { symbols.append(unknown) }
      isWaiting = true
    }
    switch scheme {
    case .byteLevel:
      for byte in text {
        let id = bytes[Int(byte)]
        if id >= 0 { known(id, &symbols) } else { missing(&symbols) }
      }
    case .characters:
      CharacterRun.forEachScalar(of: text) { scalar, range in
        if let id = characters[scalar.value] {
          known(id, &symbols)
        } else if text[range].allSatisfy({ bytes[Int($0)] >= 0 }) {
          for byte in text[range] { symbols.append(bytes[Int(byte)]) }
        } else {
          missing(&symbols)
        }
      }
    }
    if isWaiting { symbols.append(unknown) }
  }
}

/// Tokens that stand for one byte, like `<0x0A>`.
enum ByteToken {
  /// The byte of a token; `nil` for other tokens, and for small letters unless `lowercase` are allowed.
  static func byte(of token: some Collection<UInt8>, lowercase: Bool) -> UInt8? {
    guard token.count == 6, token.starts(with: "<0x".utf8) else { return nil }
    var rest = token.dropFirst(3)
    guard let high = rest.popFirst().flatMap({ digit($0, lowercase) }),
      let low = rest.popFirst().flatMap({ digit($0, lowercase) }), rest.first == UInt8(ascii: ">")
    else { return nil }
    return high << 4 | low
  }

  private static func digit(_ character: UInt8, _ lowercase: Bool) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f") where lowercase: character - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
