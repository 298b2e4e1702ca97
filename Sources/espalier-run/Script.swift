import Tokenization

/// What is said in a dialogue, turn after turn: prompts of the command line, then perhaps lines of stdin.
struct Script {
  var system: String?
  var turns: [Turn] = []
  /// Whether lines of stdin follow.
  var readsLines = false
  private var next = 0

  /// A prompt, and the reply to it where that is known beforehand.
  struct Turn {
    var prompt: String
    var reply: String?
    /// Whether it is a line of stdin.
    var isLine = false
  }

  /// Whether more than one prompt may be asked.
  var isDialogue: Bool { readsLines || turns.count { $0.reply == nil } > 1 }

  /// The conversation up to the next prompt that has no reply; `nil` at the end.
  mutating func nextQuestion() throws(PromptError) -> Conversation? {
    while next < turns.count, turns[next].reply != nil { next += 1 }
    while next == turns.count {
      guard readsLines, let line = readLine() else { return nil }
      // An empty line asks nothing.
      if line.contains(where: { !$0.isWhitespace }) { turns.append(Turn(prompt: line, isLine: true)) }
    }
    return try Conversation(
      system: system, prompts: turns[...next].map(\.prompt), replies: turns[..<next].map { $0.reply ?? "" })
  }

  /// Whether the prompt that was asked last is a line of stdin.
  var isAtLine: Bool { turns[next].isLine }

  /// Forgets the prompt that was asked last: it has no answer that the next one could follow.
  mutating func didFail() { turns.remove(at: next) }

  /// Takes in the answer to the prompt that was asked last.
  mutating func didAnswer(_ text: String) { turns[next].reply = text }
}
