import Foundation
import Plan
import Tokenization

@testable import Checkpoints

/// What Hugging Face's tokenizers made of the corpus.
struct Golden: Decodable {
  struct Encode: Decodable {
    /// The text, or its unit when `times` is there.
    var text: String?
    /// Bytes that are no UTF-8.
    var hex: String?
    var times: Int?
    /// By tokenizer: hash with control tokens parsed, hash with control tokens as plain text.
    var hashes: [UInt32]
    /// Tokens under the first tokenizer, where they are few.
    var ids: [Int32]?

    var bytes: [UInt8] {
      if let text { return Array(String(repeating: text, count: times ?? 1).utf8) }
      let digits = Array(hex ?? "")
      return stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16)
      }
    }
  }
  struct Decode: Decodable {
    var tokenizer: String
    var ids: [Int32]
    /// Without control tokens.
    var text: String
    /// With them.
    var full: String
  }

  /// A pattern, and the byte lengths of the pieces it splits all characters into.
  struct Kind: Decodable {
    var pattern: String
    var pieces: Int
    var hash: UInt32
  }

  var encodes: [Encode]
  var decodes: [Decode]
  var kinds: [Kind]

  static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  static func load() throws -> Golden {
    try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: tests.appending(path: "Golden/tokenization/golden.json")))
  }
}

/// 32-bit FNV-1a over the little-endian bytes of ids.
func fnv(_ ids: [Int32]) -> UInt32 {
  fnv(bytes: ids.flatMap { id in withUnsafeBytes(of: id.littleEndian) { Array($0) } })
}

/// 32-bit FNV-1a.
func fnv(bytes: [UInt8]) -> UInt32 {
  bytes.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
}

/// The tokenizers of the golden file.
enum Tokenizers {
  static func referenceTables() throws -> TokenizerTables {
    try tables(
      Golden.tests.deletingLastPathComponent().appending(path: "calib/reference-model/tokenizer.json"))
  }

  /// The repository's reference model: GPT-2's pattern.
  static func reference() throws -> Tokenizer { try Tokenizer(referenceTables()) }

  /// Qwen2's pattern, and added tokens with every flag.
  static func qwen() throws -> Tokenizer { try Tokenizer(qwenTables()) }

  static func qwenTables() throws -> TokenizerTables {
    try tables(Golden.tests.appending(path: "Golden/tokenization/qwen.json"))
  }

  /// The same vocabulary with GPT-2's pattern, a space in front, and whole pre-tokens before merges.
  static func whole() throws -> Tokenizer {
    var tables = try qwenTables()
    tables.splitting = [.prefixSpace] + (try referenceTables().splitting)
    tables.ignoresMerges = true
    return try Tokenizer(tables)
  }

  private static func tables(_ url: URL) throws -> TokenizerTables { try TokenizerFile(url.path).tables }
}
