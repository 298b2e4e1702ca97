extension GrammarMatcher {
  /// The tokens allowed next, as bits: bit `id % 64` of word `id / 64` stands for token `id`.
  ///
  /// - Parameter remaining: tokens that may still come, the next one included. A token is then allowed only if single bytes
  ///   can complete the text within those that are left, so that an answer is complete at the end of its budget
  ///   whenever the budget was `shortestCompletion` at least at the beginning.
  public mutating func mask(within remaining: Int? = nil) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: masks.vocabulary.maskWords)
    fill(&words, within: remaining)
    return words
  }

  /// Overwrites a caller's words with `mask(within:)`; there must be `maskWords` of them.
  public mutating func mask(into words: inout MutableSpan<UInt64>, within remaining: Int? = nil) {
    precondition(words.count == masks.vocabulary.maskWords, "a mask has one word for 64 tokens")
    let made = mask(within: remaining)
    for index in made.indices { words[index] = made[index] }
  }

  /// Overwrites a caller's words with `mask(within:)`, and keeps their memory if there are `maskWords` of them.
  public mutating func mask(into words: inout [UInt64], within remaining: Int? = nil) {
    let count = masks.vocabulary.maskWords
    if words.count == count {
      for index in words.indices { words[index] = 0 }
    } else {
      words = Array(repeating: 0, count: count)
    }
    fill(&words, within: remaining)
  }

  private static let exactDepth = GrammarLimits.depth / 2
  private static let exactFrames = GrammarLimits.openStacks / 4
  private static let setLimit = 1 << 16

  /// Sets the bits of a mask that has none.
  private mutating func fill(_ words: inout [UInt64], within remaining: Int?) {
    guard !hasEnded else { return }
    if canEnd {
      for token in masks.vocabulary.stopTokens { words[Int(token) >> 6] |= 1 << UInt64(token & 63) }
    }
    let limit = limit(within: remaining)
    var walk = TokenWalk(words: [])
    swap(&walk.words, &words)
    defer {
      swap(&walk.words, &words)
      if store.count > Self.setLimit { set = store.compact(keeping: set) }
    }
    // Near the limits of stacks a state alone does not say what is allowed.
    if store.depth(set) > Self.exactDepth || store.frames(of: set).count > Self.exactFrames {
      walkExactly(from: set, below: TokenTrie.root, limit, &walk)
      return
    }
    var open = Array(store.frames(of: set))
    var seen = Set(open)
    while let frame = open.popLast() {
      guard !frame.isEnd else { continue }
      let (mask, below) = mask(of: frame)
      guard mask.greatest.saturatingAdd(store.shortest(below)) <= limit else {
        walkExactly(from: store.set(of: CollectionOfOne(frame)), below: TokenTrie.root, limit, &walk)
        continue
      }
      mask.add(to: &walk.words)
      for exit in mask.exits {
        if exit == TokenTrie.root {
          for next in store.frames(of: below) where seen.insert(next).inserted { open.append(next) }
        } else {
          walkExactly(from: below, below: Int(exit), limit, &walk)
        }
      }
    }
  }

  /// Exits of a mask from which on it pays to know one more frame of the stack.
  private static let manyExits = 64

  /// The mask of a frame with as many frames below it as keep its exits few, and the set below these.
  private func mask(of frame: StackStore.Frame) -> (mask: StateMask, below: Int32) {
    var (known, below) = store.top(of: frame, more: 0)
    var mask = masks.mask(of: known)
    var more = 1
    while mask.exits.count > Self.manyExits {
      let longer = store.top(of: frame, more: more)
      guard longer.known.count > known.count else { break }
      (known, below) = longer
      mask = masks.mask(of: known)
      more += 1
    }
    return (mask, below)
  }

  private mutating func walkExactly(from set: Int32, below node: Int, _ limit: Int, _ walk: inout TokenWalk) {
    store.walk(masks.vocabulary.trie, below: node, from: set, limit: limit, notingExits: false, into: &walk)
  }
}
