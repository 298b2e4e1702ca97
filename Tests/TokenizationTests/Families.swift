import Foundation
import PlanFormat
import TestSupport
import Testing
import Tokenization

@testable import Checkpoints

/// What Hugging Face's tokenizers made of the corpus with tokenizers in the shapes of the families.
struct Families {
  struct Configuration: CustomTestStringConvertible {
    var name: String
    var file: Data
    /// Hashes of blocks of 20 texts, each text's tokens with their count before them.
    var parsed: [UInt32]
    var plain: [UInt32]
    var decodes: [Golden.Decode]
    var testDescription: String { name }
  }

  /// Texts of the golden file, and further ones.
  var texts: [[UInt8]]
  var configurations: [Configuration]

  /// What cannot be read is left out; a test counts.
  static let shared = (try? load()) ?? Families(texts: [], configurations: [])

  private static func load() throws -> Families {
    let folder = Golden.tests.appending(path: "Golden/tokenization")
    func object(_ name: String) throws -> [String: Any] {
      let data = try Data(contentsOf: folder.appending(path: name))
      return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }
    let bases = ["bytes": try object("bytes.json"), "characters": try object("characters.json")]
    let file = try object("families.json")
    let texts = try Golden.load().encodes.map(\.bytes)
    let further = (file["further"] as? [String] ?? []).map { Array($0.utf8) }
    let rows = file["configurations"] as? [[String: Any]] ?? []
    return Families(texts: texts + further, configurations: try rows.map { try configuration($0, bases) })
  }

  private static func configuration(
    _ row: [String: Any], _ bases: [String: [String: Any]]
  ) throws -> Configuration {
    let name = row["name"] as? String ?? ""
    var tokenizer = bases[row["base"] as? String ?? ""] ?? [:]
    for (key, part) in row["parts"] as? [String: Any] ?? [:] {
      switch key {
      case "model":
        let model = tokenizer["model"] as? [String: Any] ?? [:]
        tokenizer["model"] = model.merging(part as? [String: Any] ?? [:]) { $1 }
      case "added":
        let added = tokenizer["added_tokens"] as? [[String: Any]] ?? []
        tokenizer["added_tokens"] = added.map { $0.merging(part as? [String: Any] ?? [:]) { $1 } }
      default: tokenizer[key] = part
      }
    }
    let decodes = (row["decodes"] as? [[String: Any]] ?? []).map { sample in
      Golden.Decode(
        tokenizer: name, ids: (sample["ids"] as? [Int] ?? []).map(Int32.init(clamping:)),
        text: sample["text"] as? String ?? "", full: sample["full"] as? String ?? "")
    }
    return Configuration(
      name: name, file: try JSONSerialization.data(withJSONObject: tokenizer),
      parsed: (row["parsed"] as? [Int] ?? []).map { UInt32($0) },
      plain: (row["plain"] as? [Int] ?? []).map { UInt32($0) }, decodes: decodes)
  }
}

extension Families.Configuration {
  /// The tokenizer as the importer reads it.
  func tokenizer() throws -> Tokenizer { try Tokenizer(tables()) }

  func tables() throws -> TokenizerTables {
    let folder = try TemporaryFolder()
    return try TokenizerFile(folder.write(Array(file), to: "tokenizer.json")).tables
  }
}
