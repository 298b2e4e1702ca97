import Foundation
import PlanFormat

/// Reads as much of a `tokenizer.json` as these tests need; the product's importer is elsewhere.
enum TokenizerFile {
  static let gpt2Pattern = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  static func tables(_ url: URL) throws -> TokenizerTables {
    let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
    var tables = TokenizerTables()
    tables.pattern = file.pre_tokenizer.splitPattern ?? gpt2Pattern
    tables.addsPrefixSpace = file.pre_tokenizer.add_prefix_space ?? false
    let count = max(file.model.vocab.values.max() ?? -1, file.added_tokens.map(\.id).max() ?? -1) + 1
    tables.tokens = [[UInt8]](repeating: [], count: Int(count))
    for (text, id) in file.model.vocab { tables.tokens[Int(id)] = bytes(of: text) }
    for merge in file.model.merges {
      guard let left = file.model.vocab[merge[0]], let right = file.model.vocab[merge[1]],
        let result = file.model.vocab[merge[0] + merge[1]]
      else { continue }
      tables.merges.append(.init(left: left, right: right, result: result))
    }
    for token in file.added_tokens {
      tables.tokens[Int(token.id)] = Array(token.content.utf8)
      tables.addedTokens.append(
        .init(
          id: token.id, content: token.content, singleWord: token.single_word, stripsLeft: token.lstrip,
          stripsRight: token.rstrip, normalized: token.normalized, special: token.special))
    }
    return tables
  }

  /// GPT-2's printable stand-ins for bytes, undone; other text, as in control tokens, is its UTF-8.
  private static func bytes(of text: String) -> [UInt8] {
    let bytes = text.unicodeScalars.map { byteOfScalar[$0] }
    return bytes.contains(nil) ? Array(text.utf8) : bytes.compactMap(\.self)
  }

  private static let byteOfScalar: [Unicode.Scalar: UInt8] = {
    var table: [Unicode.Scalar: UInt8] = [:]
    var next: UInt32 = 256
    for byte in UInt8.min...UInt8.max {
      let printable = (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174
      let code = printable ? UInt32(byte) : next
      if !printable { next += 1 }
      Unicode.Scalar(code).map { table[$0] = byte }
    }
    return table
  }()

  private struct File: Decodable {
    var added_tokens: [Added]
    var pre_tokenizer: PreTokenizer
    var model: Model
  }
  private struct Added: Decodable {
    var id: Int32
    var content: String
    var single_word, lstrip, rstrip, normalized, special: Bool
  }
  private struct PreTokenizer: Decodable {
    var pretokenizers: [Split]?
    var add_prefix_space: Bool?
    var splitPattern: String? { pretokenizers?.compactMap { $0.pattern?["Regex"] }.first }
  }
  private struct Split: Decodable {
    var pattern: [String: String]?
  }
  private struct Model: Decodable {
    var vocab: [String: Int32]
    var merges: [[String]]
  }
}
