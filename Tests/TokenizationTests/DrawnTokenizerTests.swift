import Foundation
import TestSupport
import Testing
import Tokenization

@testable import Checkpoints

/// Tokenizers and texts drawn by seed, and what `tokenizers` makes of them: Golden/tokenization/make_drawn.py.
private struct Drawn: CustomTestStringConvertible {
  var number: Int
  var file: String
  var texts: [(text: String, ids: [Int32], decoded: String)]
  var testDescription: String { "tokenizer \(number)" }

  static let all: [Drawn] = {
    let path = Golden.tests.appending(path: "Golden/tokenization/drawn.json")
    guard let data = try? Data(contentsOf: path),
      let cases = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
    else { return [] }
    return cases.enumerated().compactMap { number, entry in
      guard let file = entry["tokenizer"] as? String, let texts = entry["texts"] as? [[Any]] else {
        return nil
      }
      return Drawn(
        number: number, file: file,
        texts: texts.compactMap { text in
          guard text.count == 3, let source = text[0] as? String, let ids = text[1] as? [Int],
            let decoded = text[2] as? String
          else { return nil }
          return (source, ids.map { Int32($0) }, decoded)
        })
    }
  }()
}

@Suite(.endsWithin(minutes: 1)) struct DrawnTokenizers {
  @Test(arguments: Drawn.all)
  fileprivate func encodeAndDecodeAsHuggingFacesDo(drawn: Drawn) throws {
    let folder = try TemporaryFolder()
    let tokenizer = try Tokenizer(
      TokenizerFile(folder.write(drawn.file, to: "tokenizer.json")).tables)
    for (text, ids, decoded) in drawn.texts {
      let own = try tokenizer.encode(text)
      #expect(own == ids, "\(String(reflecting: text))")
      #expect(
        Array(tokenizer.decode(ids, skippingSpecialTokens: false).utf8) == Array(decoded.utf8),
        "\(String(reflecting: text))")
    }
  }

  @Test func areThere() {
    #expect(Drawn.all.count >= 12)
    #expect(Drawn.all.allSatisfy { $0.texts.count == 40 })
  }
}
