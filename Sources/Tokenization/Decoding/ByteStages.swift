/// Joins bytes to text: one token from here on.
struct ByteLevelStage: DecodingStage {
  /// The start of a character whose other bytes may come with the next token; at most three bytes.
  private var pending: [UInt8] = []

  mutating func push(_ chunk: TextChunk, into output: inout [TextChunk]) {
    pending += chunk.bytes
    let certain = pending.count - IncompleteCharacter.length(atEndOf: pending)
    guard certain > 0 else { return }
    output.append(TextChunk(bytes: Self.repaired(pending[..<certain]), endsToken: false))
    pending.removeFirst(certain)
  }

  mutating func finish(into output: inout [TextChunk]) {
    output.append(TextChunk(bytes: Self.repaired(pending[...]), endsToken: true))
    pending.removeAll()
  }

  /// Valid UTF-8, with U+FFFD for what is not.
  private static func repaired(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array(String(decoding: bytes, as: UTF8.self).utf8)
  }
}

/// Joins runs of tokens like `<0x0A>` to characters.
///
/// A run that is no UTF-8 as a whole becomes U+FFFD byte by byte, so nothing of it is certain before its end.
struct ByteFallbackStage: DecodingStage {
  private var token: [UInt8] = []
  private var run: [UInt8] = []

  mutating func push(_ chunk: TextChunk, into output: inout [TextChunk]) {
    token += chunk.bytes
    guard chunk.endsToken else { return }
    if let byte = ByteToken.byte(of: token, lowercase: true) {
      run.append(byte)
    } else {
      flush(into: &output)
      output.append(TextChunk(bytes: token, endsToken: true))
    }
    token.removeAll(keepingCapacity: true)
  }

  mutating func finish(into output: inout [TextChunk]) { flush(into: &output) }

  private mutating func flush(into output: inout [TextChunk]) {
    guard !run.isEmpty else { return }
    if String(validating: run, as: UTF8.self) != nil {
      output.append(TextChunk(bytes: run, endsToken: true))
    } else {
      for _ in run { output.append(TextChunk(bytes: Array("\u{FFFD}".utf8), endsToken: true)) }
    }
    run.removeAll()
  }
}
