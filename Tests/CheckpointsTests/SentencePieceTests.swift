import Foundation
import TestSupport
import Testing
import Tokenization

@testable import Checkpoints

/// Ids of SentencePiece and transformers for `tokenizer.model` alone: Golden/tokenization/make_sentencepiece.py.
private struct Golden: Decodable {
  struct Folder: Decodable {
    var model: String
    var configuration: String
    var ids: [[Int32]]
    var decoded: [String]
  }

  var texts: [String]
  var folders: [Folder]

  static let place = "\(repository)/Tests/Golden/tokenization"

  init() throws {
    let data = try Data(contentsOf: URL(filePath: "\(Self.place)/sentencepiece.json"))
    self = try JSONDecoder().decode(Golden.self, from: data)
  }

  static func model(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(filePath: "\(place)/sentencepiece/\(name).model")))
  }
}

@Suite(.endsWithin(minutes: 1)) struct SentencePieceModels {
  private func folder(_ model: [UInt8], _ configuration: String = "{}") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try Data(model).write(to: URL(filePath: folder.file("tokenizer.model")))
    _ = try folder.write(configuration, to: "tokenizer_config.json")
    return folder
  }

  private func failure(_ model: [UInt8]) throws -> CheckpointError? {
    let folder = try folder(model)
    do throws(CheckpointError) {
      _ = try TokenizerFile(folder.path, family: "llava")
      return nil
    } catch { return error }
  }

  @Test func `give the ids and the texts of the library that wrote them`() throws {
    let golden = try Golden()
    for entry in golden.folders {
      let folder = try folder(try Golden.model(entry.model), entry.configuration)
      let file = try TokenizerFile(folder.path, family: "llava")
      let tokenizer = try Tokenizer(file.tables)
      for (text, (ids, decoded)) in zip(golden.texts, zip(entry.ids, entry.decoded)) {
        #expect(try tokenizer.encode(text) == ids, "\(entry.model) \(String(reflecting: text))")
        #expect(tokenizer.decode(ids) == decoded, "\(entry.model) \(String(reflecting: text))")
      }
      #expect(file.leadingTokens == (entry.model == "prefix" ? [1] : []))
      #expect(file.files == [folder.file("tokenizer.model")])
    }
  }

  /// A message's field of bytes, all of them short.
  private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [number << 3 | 2, UInt8(bytes.count)] + bytes
  }
  private func number(_ field: UInt8, _ value: UInt8) -> [UInt8] { [field << 3, value] }
  private func piece(_ text: String) -> [UInt8] { field(1, field(1, Array(text.utf8))) }

  @Test func `of other kinds are refused by name`() throws {
    let exact = number(4, 0)
    let cases: [(model: [UInt8], reason: String)] = [
      (number(9, 1), "is no model of SentencePiece: it has no pieces"),
      (Array("a note, no model".utf8), "is no model of SentencePiece: "),
      (
        piece("a") + field(2, number(3, 1)) + field(3, exact),
        "finds pieces by another way than merging pairs"
      ),
      (piece("a") + field(2, number(3, 2)), "changes characters or spaces of a text"),
      (piece("a") + field(2, number(3, 2)) + field(3, exact + field(2, [1])), "changes characters or spaces"),
      (piece("a") + piece("a") + field(2, number(3, 2)) + field(3, exact), "has the piece \"a\" twice"),
      (field(1, field(1, [0xFF])), "is no model of SentencePiece: a piece is no UTF-8"),
      (field(1, number(1, 3)), "is no model of SentencePiece: field 1 is no message"),
      ([0x0A, 0x7F, 1], "is no model of SentencePiece: field 1 goes beyond its end"),
      (
        [0x08] + Array(repeating: 0xFF, count: 11),
        "is no model of SentencePiece: a number has more than 64 bits"
      ),
    ]
    for (model, reason) in cases {
      let error = try failure(model)
      #expect(error?.reason.hasPrefix(reason) == true, "\(String(describing: error))")
      #expect(error?.file.hasSuffix("tokenizer.model") == true)
    }
    #expect(try failure(piece("a") + field(2, number(3, 2)) + field(3, exact)) == nil)
  }

  @Test func `that are cut off or changed anywhere end in one line, or are read`() throws {
    let model = try Golden.model("prefix")
    for place in stride(from: 0, to: model.count, by: 97) {
      for changed in [Array(model.prefix(place)), model.enumerated().map { $0 == place ? $1 ^ 0x55 : $1 }] {
        let error = try failure(changed)
        #expect(error.map { !$0.description.contains("\n") } ?? true)
      }
    }
  }
}
