import Plan
import Testing
import TestSupport
import Tokenization

@Suite("Tokenizers in the shapes of the families", .endsWithin(minutes: 5))
struct FamilyTests {
  @Test("are all read")
  func count() { #expect(Families.shared.configurations.count == 45) }

  @Test(
    "give the tokens of Hugging Face's tokenizers for the whole corpus",
    arguments: Families.shared.configurations)
  func encoding(_ configuration: Families.Configuration) throws {
    let tokenizer = try configuration.tokenizer()
    let texts = Families.texts
    for (block, start) in stride(from: 0, to: texts.count, by: 20).enumerated() {
      let texts = texts[start..<min(start + 20, texts.count)]
      for (parsing, hashes) in [(true, configuration.parsed), (false, configuration.plain)] {
        let ids = try texts.flatMap { text in
          let ids = try tokenizer.encode(utf8: text, parsingSpecialTokens: parsing)
          return [Int32(clamping: ids.count)] + ids
        }
        #expect(fnv(ids) == hashes[block], "block \(block), control tokens parsed: \(parsing)")
      }
    }
  }

  @Test(
    "give the text of Hugging Face's tokenizers for random tokens, at once and in pieces",
    arguments: Families.shared.configurations)
  func decoding(_ configuration: Families.Configuration) throws {
    let tokenizer = try configuration.tokenizer()
    for sample in configuration.decodes {
      for (skipping, text) in [(true, sample.text), (false, sample.full)] {
        let whole = tokenizer.decode(sample.ids, skippingSpecialTokens: skipping)
        #expect(Array(whole.utf8) == Array(text.utf8), "\(sample)")
        var decoder = StreamingDecoder(tokenizer, skippingSpecialTokens: skipping)
        let pieces = sample.ids.map { decoder.append($0) } + [decoder.finish()]
        #expect(Array(pieces.joined().utf8) == Array(text.utf8), "\(sample)")
      }
    }
  }
}
