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
    var masks: [UInt64: StateMask] = [:]
    var size = 0
  }

  /// Bytes that remembered masks may take together.
  private static let sizeLimit = 64 << 20
  private static let setLimit = 1 << 17
  private static let stepBits = 16

  /// Prepares a grammar for a vocabulary; nothing is computed yet.
  public init(_ grammar: Grammar, over vocabulary: TokenVocabulary) {
    automaton = grammar.automaton
    self.vocabulary = vocabulary
    memory = Mutex(Memory(store: StackStore(grammar.automaton, stepBits: Self.stepBits)))
  }

  /// The mask of a state, with so many turns made if it is a counter.
  func mask(of state: Int32, _ count: Int32) -> StateMask {
    let count = automaton.equivalent(state, count, within: vocabulary.longest)
    let key = UInt64(UInt32(bitPattern: state)) << 32 | UInt64(UInt32(bitPattern: count))
    return memory.withLock { memory in
      if let known = memory.masks[key] { return known }
      if memory.store.count > Self.setLimit { _ = memory.store.compact(keeping: StackStore.end) }
      let frame = StackStore.Frame(state: state, count: count, below: StackStore.end)
      let set = memory.store.set(of: CollectionOfOne(frame))
      var walk = TokenWalk(words: Array(repeating: 0, count: vocabulary.maskWords))
      if memory.store.mayEnd(set) { walk.exits.append(Int32(TokenTrie.root)) }
      memory.store.walk(
        vocabulary.trie, below: TokenTrie.root, from: set, limit: .max, notingExits: true, into: &walk)
      let mask = StateMask(walk)
      if memory.size + mask.size > Self.sizeLimit {
        memory.masks = [:]
        memory.size = 0
      }
      memory.masks[key] = mask
      memory.size += mask.size
      return mask
    }
  }
}
