import TestSupport
import Testing

@testable import Tokenization

@Suite("Decoding", .endsWithin(minutes: 1))
struct DecodingTests {
  @Test("gives the text of Hugging Face's tokenizers for random tokens")
  func equalsHuggingFace() throws {
    let tokenizers = try ["reference": Tokenizers.reference(), "qwen": Tokenizers.qwen()]
    for expected in try Golden.load().decodes {
      let tokenizer = try #require(tokenizers[expected.tokenizer])
      #expect(Array(tokenizer.decode(expected.ids).utf8) == Array(expected.text.utf8), "\(expected)")
      let full = tokenizer.decode(expected.ids, skippingSpecialTokens: false)
      #expect(Array(full.utf8) == Array(expected.full.utf8), "\(expected)")
    }
  }

  @Test("ignores ids without a token")
  func unknownIDs() throws {
    #expect(try Tokenizers.reference().decode([-1, .max, 1_000_000, .min]) == "")
  }
}

@Suite("Streaming", .endsWithin(minutes: 2))
struct StreamingTests {
  @Test("gives in pieces what decoding gives at once")
  func sameText() throws {
    let tokenizers = try ["reference": Tokenizers.reference(), "qwen": Tokenizers.qwen()]
    for sample in try Golden.load().decodes {
      let tokenizer = try #require(tokenizers[sample.tokenizer])
      for skipping in [true, false] {
        var decoder = StreamingDecoder(tokenizer, skippingSpecialTokens: skipping)
        let text = sample.ids.map { decoder.append($0) }.joined() + decoder.finish()
        #expect(Array(text.utf8) == Array((skipping ? sample.text : sample.full).utf8), "\(sample)")
      }
    }
  }

  @Test("never shows a part of a character")
  func wholeCharacters() throws {
    let tokenizer = try Tokenizers.reference()
    let text = "aé漢👍🏽\u{10FFFF}\u{0}z"
    // One byte a token: the worst case.
    let ids = try Array(text.utf8).map { byte in
      try #require((Int32(0)..<1024).first { tokenizer.bytes(of: $0) == [byte] })
    }
    var decoder = StreamingDecoder(tokenizer)
    let chunks = ids.map { decoder.append($0) }
    #expect(!chunks.contains { $0.contains("\u{FFFD}") })
    #expect(chunks.filter { !$0.isEmpty }.map { $0.unicodeScalars.count } == [1, 1, 1, 1, 1, 1, 1, 1])
    #expect(chunks.joined() + decoder.finish() == text)
  }

  @Test("shows an unfinished character as U+FFFD only at the end")
  func unfinished() throws {
    let tokenizer = try Tokenizers.reference()
    let lead = try #require((Int32(0)..<1024).first { tokenizer.bytes(of: $0) == [0xF0] })
    var decoder = StreamingDecoder(tokenizer)
    #expect(decoder.append(lead) == "")
    #expect(decoder.append(lead) == "\u{FFFD}")
    #expect(decoder.finish() == "\u{FFFD}")
    #expect(decoder.finish() == "")
  }

  @Test("holds back exactly the bytes that may become a character")
  func tails() {
    let cases: [([UInt8], Int)] = [
      ([], 0), ([0x61], 0), ([0xC3], 1), ([0xC3, 0xA9], 0), ([0xE2, 0x82], 2), ([0xE2, 0x82, 0xAC], 0),
      ([0xF0, 0x9F, 0x91], 3), ([0xF0, 0x9F], 2), ([0x80], 0), ([0x80, 0x80, 0x80, 0x80], 0), ([0xC0], 0),
      ([0xF5], 0), ([0xE0, 0x80], 0), ([0xED, 0xA0], 0), ([0xF4, 0x90], 0), ([0xF0, 0x80], 0),
      ([0x61, 0xE2], 1),
      ([0xC3, 0xA9, 0x80], 0), ([0xF4, 0x8F, 0xBF], 3),
    ]
    for (bytes, tail) in cases { #expect(IncompleteCharacter.length(atEndOf: bytes) == tail, "\(bytes)") }
  }
}
