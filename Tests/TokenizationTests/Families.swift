import Foundation
import JSONReading
import Plan
import Testing
import TestSupport
import Tokenization

@testable import Checkpoints

/// What Hugging Face's tokenizers made of the corpus with tokenizers in the shapes of the families.
struct Families: Decodable {
  struct Configuration: Decodable, CustomTestStringConvertible {
    var name: String
    var base: String
    /// Hashes of blocks of 20 texts, each text's tokens with their count before them.
    var parsed: [UInt32]
    var plain: [UInt32]
    var decodes: [Sample]
    var testDescription: String { name }
  }
  struct Sample: Decodable {
    var ids: [Int32]
    var text: String
    var full: String
  }

  /// Texts besides those of the golden file.
  var further: [String]
  var configurations: [Configuration]

  /// What cannot be read is left out; a test counts.
  static let shared =
    (try? JSONDecoder().decode(Families.self, from: Data(contentsOf: folder.appending(path: "families.json"))))
    ?? Families(further: [], configurations: [])

  static let texts: [[UInt8]] =
    ((try? Golden.load().encodes.map(\.bytes)) ?? []) + shared.further.map { Array($0.utf8) }

  fileprivate static let folder = Golden.tests.appending(path: "Golden/tokenization")

  /// A file as the product reads it: Foundation takes canonically equivalent tokens for one.
  fileprivate static func json(_ name: String) throws -> JSON {
    try JSON.read(folder.appending(path: name).path)
  }
}

extension Families.Configuration {
  /// The tokenizer as the importer reads it.
  func tokenizer() throws -> Tokenizer { try Tokenizer(tables()) }

  func tables() throws -> TokenizerTables {
    let folder = try TemporaryFolder()
    return try TokenizerFile(folder.write(Array(file().serialized.utf8), to: "tokenizer.json")).tables
  }

  /// The base with parts replaced.
  private func file() throws -> JSON {
    var file = try Families.json("\(base).json")
    let rows = try Families.json("families.json")["configurations"]?.elements ?? []
    let row = rows.first { if case .string(name)? = $0["name"] { true } else { false } }
    for (key, part) in row?["parts"]?.members ?? [] {
      switch key {
      case "model": file = file.setting(key, file[key]?.merging(part) ?? part)
      case "added":
        let tokens = file["added_tokens"]?.elements ?? []
        file = file.setting("added_tokens", .array(tokens.map { $0.merging(part) }))
      default: file = file.setting(key, part)
      }
    }
    return file
  }
}

extension JSON {
  fileprivate var members: [(name: String, value: JSON)] {
    if case .object(let object) = self { object.members } else { [] }
  }

  fileprivate var elements: [JSON] { if case .array(let values) = self { values } else { [] } }

  fileprivate subscript(key: String) -> JSON? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  fileprivate func setting(_ key: String, _ value: JSON) -> JSON {
    var object = JSONObject()
    for member in members where member.name != key { _ = object.add(member.name, member.value) }
    _ = object.add(key, value)
    return .object(object)
  }

  fileprivate func merging(_ other: JSON) -> JSON {
    other.members.reduce(self) { $0.setting($1.name, $1.value) }
  }

  fileprivate var serialized: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .string(let text): Self.quoted(text)
    case .array(let values): "[" + values.map(\.serialized).joined(separator: ",") + "]"
    case .object(let object):
      "{" + object.members.map { Self.quoted($0.name) + ":" + $0.value.serialized }.joined(separator: ",")
        + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case ..<" ": "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }
    return "\"" + escaped.joined() + "\""
  }
}
