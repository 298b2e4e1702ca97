import JSONReading
import Plan
import Tokenization

/// The vocabulary and the merges of a tokenizer's model.
enum VocabularyReader {
  /// Ids by text; no two texts have one id.
  static func ids(_ vocabulary: Settings) throws(CheckpointError) -> [ExactString: Int32] {
    var ids: [ExactString: Int32] = [:]
    var seen: Set<Int> = []
    for (text, value) in vocabulary.object.members {
      guard case .integer(let id) = value, (0..<TokenizerFile.idLimit).contains(id) else {
        throw vocabulary.error(text, "is \(value.summary), expected a token id")
      }
      guard seen.insert(id).inserted else { throw vocabulary.error(text, "has an id that is there twice") }
      ids[ExactString(text)] = Int32(id)
    }
    return ids
  }

  /// The bytes of all tokens, by id.
  static func tokens(
    _ vocabulary: Settings, _ ids: [ExactString: Int32], _ added: [TokenizerTables.AddedToken],
    _ scheme: TokenizerTables.Scheme
  ) throws(CheckpointError) -> [[UInt8]] {
    let largest = max(ids.values.max() ?? -1, added.map(\.id).max() ?? -1)
    var tokens = [[UInt8]](repeating: [], count: Int(largest) + 1)
    var texts: [Int32: String] = [:]
    for token in added { texts[token.id] = token.content }
    for (text, id) in ids {
      if let content = texts[id] {
        guard ExactString(content) == text else {
          throw vocabulary.error(text.text, "is \(id), as the added token \"\(content)\"")
        }
        continue
      }
      switch scheme {
      case .characters: tokens[Int(id)] = Array(text.text.utf8)
      case .byteLevel:
        guard let bytes = ByteAlphabet.bytes(of: text.text) else {
          throw vocabulary.error(
            text.text, "has a character that stands for no byte: not a byte-level vocabulary")
        }
        tokens[Int(id)] = bytes
      }
    }
    for token in added { tokens[Int(token.id)] = Array(token.content.utf8) }
    return tokens
  }

  /// `"a b"` or `["a", "b"]`, in order of rank.
  static func merges(
    _ model: Settings, _ ids: [ExactString: Int32]
  ) throws(CheckpointError) -> [TokenizerTables.Merge] {
    var merges: [TokenizerTables.Merge] = []
    for (rank, value) in try model.array("merges").enumerated() {
      let pair: [String]
      switch value {
      case .string(let text):
        pair = text.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      case .array(let values):
        pair = values.compactMap { if case .string(let text) = $0 { text } else { nil } }
      default: pair = []
      }
      guard pair.count == 2, let left = ids[ExactString(pair[0])], let right = ids[ExactString(pair[1])],
        let result = ids[ExactString(pair[0] + pair[1])]
      else {
        throw model.error(
          "merges.\(rank)", "is \(value.summary), which does not join two tokens into a third")
      }
      merges.append(.init(left: left, right: right, result: result))
    }
    return merges
  }
}
