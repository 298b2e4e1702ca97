import Checkpoints
import Plan
import Tokenization

enum TokenizerFuzzing {
  static func read(_ bytes: [UInt8]) -> Bool {
    let file = ScratchFile(bytes)
    return use(try? TokenizerFile(file.path))
  }

  static func readSentencePiece(_ bytes: [UInt8]) -> Bool {
    let file = ScratchFile(bytes)
    return use(try? TokenizerFile(sentencePiece: file.path))
  }

  private static func use(_ file: TokenizerFile?) -> Bool {
    guard let tables = file?.tables, let tokenizer = try? Tokenizer(tables) else { return false }
    for text in texts {
      guard let ids = try? tokenizer.encode(text) else { continue }
      precondition(ids.allSatisfy { tables.tokens.indices.contains(Int($0)) })
      _ = tokenizer.decode(ids)
      _ = tokenizer.decode(ids, skippingSpecialTokens: false)
      var stream = StreamingDecoder(tokenizer)
      for id in ids { _ = stream.append(id) }
      _ = stream.finish()
    }
    return true
  }

  private static let texts = [
    "", "What digit is green?", "  don't\r\n\tSTOP 1234567 x", "<s>Ünïcödé e\u{301} \u{FDFA} 日本 🙂‍↔️<end>",
    String(repeating: "ab ", count: 200),
  ]
}
