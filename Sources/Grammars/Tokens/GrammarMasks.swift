import Synchronization

/// What a grammar allows of a vocabulary, remembered by state of the grammar.
///
/// One such object serves all answers that follow one grammar, from any number of threads; what one of them has found
/// out costs the others nothing. Its memory is bounded.
public final class GrammarMasks: Sendable {
  let automaton: Automaton
  /// The tokens that masks are about.
  public let vocabulary: TokenVocabulary
  private let memory: Mutex<Memory>

  private struct Memory {
    var store: StackStore
    var masks: [[StackTop]: StateMask] = [:]
    var size = 0

    mutating func makeMask(of top: [StackTop], over vocabulary: TokenVocabulary) -> StateMask {
      if store.count > GrammarMasks.setLimit { _ = store.compact(keeping: StackStore.end) }
      var set = StackStore.end
      for known in top.reversed() where known != .end {
        set = store.set(
          of: CollectionOfOne(StackStore.Frame(state: known.state, count: known.count, below: set)))
      }
      var walk = TokenWalk(words: Array(repeating: 0, count: vocabulary.maskWords))
      // Behind the end of the grammar nothing follows.
      let notingExits = top.last != .end
      if notingExits && store.mayEnd(set) { walk.exits.append(Int32(TokenTrie.root)) }
      store.walk(
        vocabulary.trie, below: TokenTrie.root, from: set, limit: .max, notingExits: notingExits, into: &walk)
      return StateMask(walk)
    }
  }

  /// Bytes that remembered masks may take together.
  private static let sizeLimit = 16 << 20
  private static let setLimit = 1 << 17
  private static let stepBits = 16

  /// Prepares a grammar for a vocabulary; nothing is computed yet.
  public init(_ grammar: Grammar, over vocabulary: TokenVocabulary) {
    automaton = grammar.automaton
    self.vocabulary = vocabulary
    memory = Mutex(Memory(store: StackStore(grammar.automaton, stepBits: Self.stepBits)))
  }

  /// The mask of a stack of which only the top is known: frames from the top down, and anything below.
  func mask(of top: [StackTop]) -> StateMask {
    let top = top.map { known in
      known == .end
        ? known
        : StackTop(
          state: known.state,
          count: automaton.equivalent(known.state, known.count, within: vocabulary.longest))
    }
    return memory.withLock { memory in
      if let known = memory.masks[top] { return known }
      let mask = memory.makeMask(of: top, over: vocabulary)
      if memory.size + mask.size > Self.sizeLimit {
        memory.masks = [:]
        memory.size = 0
      }
      memory.masks[top] = mask
      memory.size += mask.size
      return mask
    }
  }
}
