import Plan
import Testing
import TestSupport
import Tokenization

@Suite("Encoding", .endsWithin(minutes: 1))
struct EncodingTests {
  @Test("gives the tokens of Hugging Face's tokenizers for the whole corpus")
  func equalsHuggingFace() throws {
    let tokenizers = try [Tokenizers.reference(), Tokenizers.qwen(), Tokenizers.whole()]
    for expected in try Golden.load().encodes {
      let bytes = expected.bytes
      for (index, tokenizer) in tokenizers.enumerated() {
        let parsed = try tokenizer.encode(utf8: bytes)
        let plain = try tokenizer.encode(utf8: bytes, parsingSpecialTokens: false)
        #expect(fnv(parsed) == expected.hashes[2 * index], "\(index) \(expected)")
        #expect(fnv(plain) == expected.hashes[2 * index + 1], "\(index) plain \(expected)")
        if index == 0, let ids = expected.ids { #expect(parsed == ids, "\(expected)") }
      }
    }
  }

  @Test("is undone by decoding, for every valid text")
  func roundTrip() throws {
    for tokenizer in try [Tokenizers.reference(), Tokenizers.qwen()] {
      for case let text? in try Golden.load().encodes.map(\.text) {
        let ids = try tokenizer.encode(text, parsingSpecialTokens: false)
        #expect(
          Array(tokenizer.decode(ids, skippingSpecialTokens: false).utf8) == Array(text.utf8), "\(text)")
      }
    }
  }

  @Test("of a million bytes without a split takes no quadratic time")
  func oneLongWord() throws {
    let tokenizer = try Tokenizers.reference()
    for unit in ["a", "th", " ", "é"] {
      let text = String(repeating: unit, count: 1_000_000 / unit.utf8.count)
      let ids = try tokenizer.encode(text)
      #expect(ids.lazy.map { tokenizer.bytes(of: $0).count }.reduce(0, +) == 1_000_000)
    }
  }

  @Test("of a megabyte in one piece, characters and bytes of them, takes no quadratic time")
  func oneLongPiece() throws {
    let llama = try #require(Families.shared.configurations.first { $0.name == "llama2" }).tokenizer()
    for unit in ["a", "the ", " ", "é", "☃"] {
      let text = String(repeating: unit, count: 1_000_000 / unit.utf8.count)
      let ids = try llama.encode(text, parsingSpecialTokens: false)
      #expect(llama.decode(ids) == text)
    }
  }

  @Test("with a pattern that backtracks without end fails instead of hanging")
  func catastrophicPattern() throws {
    var tables = try Tokenizers.referenceTables()
    tables.splitting = [.split(.expression("(a+)+b|(a|aa)+c"), .isolated, inverted: false)]
    let tokenizer = try Tokenizer(tables)
    #expect(throws: TokenizationError.self) { try tokenizer.encode(String(repeating: "a", count: 3000)) }
  }

  @Test("keeps text that the pattern does not match")
  func unmatchedText() throws {
    var tables = try Tokenizers.referenceTables()
    let text = "one 22 three"
    for pattern in ["[0-9]", "x*", #"\b"#, "(?=t)"] {
      tables.splitting = [.split(.expression(pattern), .isolated, inverted: false)]
      let tokenizer = try Tokenizer(tables)
      #expect(try tokenizer.decode(tokenizer.encode(text)) == text, "\(pattern)")
    }
  }
}
