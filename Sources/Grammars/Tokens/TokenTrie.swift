/// Tokens by their bytes as a tree: nodes stand in order before their children, so a subtree is a range of nodes.
final class TokenTrie: Sendable {
  /// By node: its byte, its depth, the node behind its subtree and the first of its tokens.
  let bytes: [UInt8]
  let depths: [Int32]
  let ends: [Int32]
  let firstTokens: [Int32]
  /// Tokens in the order of their bytes.
  let tokens: [Int32]
  let greatestDepth: Int

  static let root = 0

  init(_ texts: [[UInt8]?]) {
    let sorted = texts.enumerated().lazy.compactMap { id, text in
      text.flatMap { $0.isEmpty ? nil : (id: Int32(id), text: $0) }
    }.sorted { $0.text.lexicographicallyPrecedes($1.text) }
    var bytes: [UInt8] = [0]
    var depths: [Int32] = [0]
    var ends: [Int32] = [0]
    var firstTokens: [Int32] = [0]
    var open: [Int] = []
    var previous: [UInt8] = []
    for (place, (_, text)) in sorted.enumerated() {
      let common = zip(previous, text).prefix { $0 == $1 }.count
      while open.count > common { ends[open.removeLast()] = Int32(bytes.count) }
      for byte in text[common...] {
        open.append(bytes.count)
        bytes.append(byte)
        depths.append(Int32(open.count))
        ends.append(0)
        firstTokens.append(Int32(place))
      }
      previous = text
    }
    while let node = open.popLast() { ends[node] = Int32(bytes.count) }
    ends[Self.root] = Int32(bytes.count)
    firstTokens.append(Int32(sorted.count))
    self.bytes = bytes
    self.depths = depths
    self.ends = ends
    self.firstTokens = firstTokens
    tokens = sorted.map(\.id)
    greatestDepth = Int(depths.max() ?? 0)
  }

  /// Tokens that end in a node.
  func tokens(at node: Int) -> ArraySlice<Int32> {
    tokens[Int(firstTokens[node])..<Int(firstTokens[node + 1])]
  }
}
