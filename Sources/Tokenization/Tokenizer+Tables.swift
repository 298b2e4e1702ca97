import PlanFormat

extension Tokenizer {
  /// The id of each single byte, 256 of them; where an added token has one byte too, the other token's.
  static func byteTokens(
    of tables: TokenizerTables, _ addedIDs: Set<Int32>
  ) throws(TokenizationError) -> [Int32] {
    var ids = [Int32](repeating: -1, count: 256)
    for (id, bytes) in zip(Int32(0)..., tables.tokens) where bytes.count == 1 {
      let byte = Int(bytes[0])
      if ids[byte] < 0 || addedIDs.contains(ids[byte]) { ids[byte] = id }
    }
    if let missing = ids.firstIndex(of: -1) { throw .missingByte(UInt8(missing)) }
    return ids
  }

  /// Throws unless every merge joins two tokens into the token of their joined bytes.
  static func checkMerges(of tables: TokenizerTables) throws(TokenizationError) {
    let tokens = tables.tokens
    for (rank, merge) in tables.merges.enumerated() {
      let ids = [merge.left, merge.right, merge.result]
      guard ids.allSatisfy({ (0..<tokens.count).contains(Int($0)) }) else { throw .invalidMerge(rank: rank) }
      let left = tokens[Int(merge.left)]
      let right = tokens[Int(merge.right)]
      let result = tokens[Int(merge.result)]
      guard !left.isEmpty, !right.isEmpty, result.count == left.count + right.count,
        result.starts(with: left), result.dropFirst(left.count).elementsEqual(right)
      else { throw .invalidMerge(rank: rank) }
    }
  }
}
