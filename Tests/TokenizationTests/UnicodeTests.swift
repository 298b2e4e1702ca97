import Foundation
import Plan
import Testing
import TestSupport

@testable import Tokenization

@Suite("Every character of Unicode", .endsWithin(minutes: 1))
struct UnicodeTests {
  private struct Expected: Decodable {
    var around: [[String]]
    var normalized: [String: [UInt32]]
    var pieces: [String: UInt32]
  }

  private let expected: Expected
  private static let characters = (UInt32(0)..<0x110000).compactMap(Unicode.Scalar.init)

  init() throws {
    let path = Golden.tests.appending(path: "Golden/tokenization/unicode.json")
    expected = try JSONDecoder().decode(Expected.self, from: Data(contentsOf: path))
  }

  @Test(
    "is normalised as Hugging Face's tokenizers do, alone and beside others",
    arguments: [.lowercase] + NormalForm.allCases.map { NormalizationStep.normalForm($0) })
  func normalization(_ step: NormalizationStep) throws {
    let name = if case .normalForm(let form) = step { form.rawValue } else { "lowercase" }
    let hashes = try #require(expected.normalized[name])
    for (around, hash) in zip(expected.around, hashes) {
      var text: [UInt8] = []
      for scalar in Self.characters { text += "\(around[0])\(scalar)\(around[1])".utf8 }
      var budget = MatchBudget(bytes: text.count)
      let normalized = try Normalizer([step]).normalized(text, &budget)
      #expect(fnv(bytes: normalized) == hash, "\(name) \(around)")
    }
  }

  @Test(
    "is split as Hugging Face's tokenizers do",
    arguments: [
      ("digits", .digits(individual: false)), ("punctuation", .punctuation(.contiguous)), ("words", .words),
      ("white_space", .whiteSpace),
    ] as [(String, SplittingStep)])
  func splitting(_ name: String, _ step: SplittingStep) throws {
    let text = Self.characters.flatMap { Array(String($0).utf8) }
    var budget = MatchBudget(bytes: text.count)
    let pieces = try Splitter(step).pieces(of: TextPiece(text), &budget).map { Int32($0.bytes.count) }
    #expect(fnv(pieces.filter { $0 > 0 }) == expected.pieces[name])
  }
}
