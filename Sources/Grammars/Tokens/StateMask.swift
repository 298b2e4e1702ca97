/// The tokens that a state allows whatever lies below it on the stack, and where that must be asked.
struct StateMask: Sendable {
  /// Tokens allowed, as bits if they are many, else as ids.
  private let words: [UInt64]
  private let ids: [Int32]
  /// Nodes of the tree of tokens behind which the set below goes on.
  let exits: [Int32]
  /// The greatest of the shortest ways to the end of the rule behind the tokens allowed.
  let greatest: Int

  init(_ walk: TokenWalk) {
    exits = walk.exits
    greatest = walk.greatest
    if 2 * walk.count > walk.words.count {
      words = walk.words
      ids = []
    } else {
      words = []
      ids = walk.words.enumerated().flatMap { index, word in
        (0..<64).filter { word >> UInt64($0) & 1 == 1 }.map { Int32(64 * index + $0) }
      }
    }
  }

  /// Bytes of memory, about.
  var size: Int { 8 * words.count + 4 * (ids.count + exits.count) + 128 }

  func add(to mask: inout [UInt64]) {
    for index in words.indices { mask[index] |= words[index] }
    for id in ids { mask[Int(id) >> 6] |= 1 << UInt64(id & 63) }
  }
}
