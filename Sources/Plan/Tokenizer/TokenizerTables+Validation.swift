extension TokenizerTables {
  /// Merges at most: several times those of the largest vocabularies.
  package static let mergeLimit = 1 << 22
  /// Added tokens at most.
  package static let addedLimit = 1 << 17
  /// Bytes of an added token. At each place of a text, as many may have to be compared.
  private static let addedLength = 512
  /// Bytes of the results of all merges, each of which is compared with its parts.
  private static let mergedLimit = 1 << 28

  /// Demands that every id names a token, that merges join what they say and that added tokens have text.
  package func validate(vocabulary: Int) throws(Flaw) {
    let path = "/tokenizer"
    guard (1...vocabulary).contains(tokens.count) else {
      throw Flaw(path, "has \(tokens.count) tokens, the model's vocabulary has \(vocabulary)")
    }
    guard (-1..<tokens.count).contains(unknownToken) else {
      throw Flaw(path, "unknown_token is \(unknownToken), which is no token")
    }
    guard merges.count <= Self.mergeLimit else {
      throw Flaw(path + "/merges", "has \(merges.count) merges, more than \(Self.mergeLimit)")
    }
    guard addedTokens.count <= Self.addedLimit else {
      throw Flaw(path + "/added_tokens", "has \(addedTokens.count) tokens, more than \(Self.addedLimit)")
    }
    try validateSteps()
    if let long = tokens.firstIndex(where: { $0.count > 65_536 }) {
      throw Flaw(path, "token \(long) is longer than 65536 bytes")
    }
    if scheme == .characters,
      let invalid = tokens.firstIndex(where: { String(validating: $0, as: UTF8.self) == nil })
    {
      throw Flaw(path, "token \(invalid) is no UTF-8")
    }
    var compared = 0
    for (rank, merge) in merges.enumerated() {
      let ids = [merge.left, merge.right, merge.result].map(Int.init)
      guard ids.allSatisfy(tokens.indices.contains) else {
        throw Flaw(path + "/merges", "merge \(rank) names a token that does not exist")
      }
      guard !tokens[ids[0]].isEmpty, !tokens[ids[1]].isEmpty,
        tokens[ids[0]] + tokens[ids[1]] == tokens[ids[2]]
      else {
        throw Flaw(path + "/merges", "merge \(rank) does not join its tokens into its result")
      }
      compared += tokens[ids[2]].count
      guard compared <= Self.mergedLimit else {
        throw Flaw(path + "/merges", "makes more than \(Self.mergedLimit) bytes of tokens")
      }
    }
    var seen: Set<Int32> = []
    for added in addedTokens {
      guard tokens.indices.contains(Int(added.id)), !added.content.isEmpty,
        tokens[Int(added.id)] == Array(added.content.utf8)
      else { throw Flaw(path + "/added_tokens", "token \(added.id) does not have the text it is matched by") }
      guard added.content.utf8.count <= Self.addedLength else {
        throw Flaw(path + "/added_tokens", "token \(added.id) is longer than \(Self.addedLength) bytes")
      }
      guard seen.insert(added.id).inserted else {
        throw Flaw(path + "/added_tokens", "token \(added.id) is there twice")
      }
    }
  }
}
