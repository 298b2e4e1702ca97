import JSONReading
import Plan

/// Tokens matched as a whole in the text: the `added_tokens` of `tokenizer.json`, and those that
/// `tokenizer_config.json` has beside them.
///
/// As for Hugging Face's `tokenizers`, a content's id is that of the vocabulary, and those that it lacks are
/// numbered on from its size; the ids in the file are as a rule the same.
enum AddedTokens {
  /// Bytes of a token; the longest in use have some thirty. A text is compared with a token at each of its places.
  private static let lengthLimit = 1024

  /// - Parameters:
  ///   - ids: the model's vocabulary.
  ///   - others: entries of other files, of which those count whose content is new.
  static func read(
    _ root: Settings, _ ids: [ExactString: Int32], others: [Settings] = []
  ) throws(CheckpointError) -> [TokenizerTables.AddedToken] {
    var entries: [(entry: Settings, isOther: Bool)] = []
    for (index, value) in try root.array("added_tokens").enumerated() {
      guard case .object(let object) = value else {
        throw root.error("added_tokens", "has \(value.summary), expected objects")
      }
      entries.append((Settings(file: root.file, path: "added_tokens.\(index)", object: object), false))
    }
    entries += others.map { ($0, true) }
    var list: [TokenizerTables.AddedToken] = []
    var places: [ExactString: Int] = [:]
    var seen: Set<Int32> = []
    var next = Int32(clamping: ids.count)
    for (entry, isOther) in entries {
      let content = try entry.text("content")
      // It can never be matched.
      if content.isEmpty { continue }
      guard content.utf8.count <= lengthLimit else {
        throw entry.error("content", "has \(content.utf8.count) bytes, at most \(lengthLimit) are supported")
      }
      if let place = places[ExactString(content)] {
        if isOther { continue }
        list[place] = try token(entry, content, id: list[place].id, ids)
        continue
      }
      let known = ids[ExactString(content)]
      let id = known ?? next
      if known == nil { next += 1 }
      guard id < TokenizerFile.idLimit, seen.insert(id).inserted else {
        throw entry.error("id", "would be \(id), which is taken or too large")
      }
      places[ExactString(content)] = list.count
      list.append(try token(entry, content, id: id, ids))
    }
    return list
  }

  private static func token(
    _ entry: Settings, _ content: String, id: Int32, _ ids: [ExactString: Int32]
  ) throws(CheckpointError) -> TokenizerTables.AddedToken {
    let special = try entry.flag("special", default: false)
    return .init(
      id: id, content: content, singleWord: try entry.flag("single_word", default: false),
      stripsLeft: try entry.flag("lstrip", default: false),
      stripsRight: try entry.flag("rstrip", default: false),
      normalized: try entry.flag("normalized", default: !special), special: special,
      inVocabulary: ids[ExactString(content)] != nil)
  }
}
