/// What a walk through the tokens found.
struct TokenWalk {
  /// Bits of the tokens allowed.
  var words: [UInt64]
  var count = 0
  /// Nodes of the tree that have children and in which the stacks may end.
  var exits: [Int32] = []
  /// The greatest of the shortest completions behind the tokens allowed.
  var greatest = 0
}

extension StackStore {
  /// Marks the tokens below a node of the tree that a set allows, and behind which at most `limit` bytes complete the
  /// text.
  mutating func walk(
    _ trie: TokenTrie, below root: Int, from set: Int32, limit: Int, notingExits: Bool,
    into walk: inout TokenWalk
  ) {
    let base = Int(trie.depths[root])
    var sets: [Int32] = []
    swap(&sets, &path)
    defer { swap(&sets, &path) }
    while sets.count <= trie.greatestDepth { sets.append(Self.none) }
    sets[0] = set
    var node = root + 1
    let end = Int(trie.ends[root])
    while node < end {
      let depth = Int(trie.depths[node]) - base
      let next = step(sets[depth - 1], trie.bytes[node])
      guard next >= 0 else {
        node = Int(trie.ends[node])
        continue
      }
      sets[depth] = next
      let first = Int(trie.firstTokens[node])
      let last = Int(trie.firstTokens[node + 1])
      if first < last {
        let shortest = shortest(next)
        if shortest <= limit {
          walk.greatest = max(walk.greatest, shortest)
          walk.count += last - first
          for place in first..<last {
            let token = Int(trie.tokens[place])
            walk.words[token >> 6] |= 1 << UInt64(token & 63)
          }
        }
      }
      if notingExits, mayEnd(next), Int(trie.ends[node]) > node + 1 { walk.exits.append(Int32(node)) }
      node += 1
    }
  }
}
