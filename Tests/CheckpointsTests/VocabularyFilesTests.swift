import Foundation
import TestSupport
import Testing
import Tokenization

@testable import Checkpoints

/// Ids of transformers for folders without tokenizer.json: Golden/tokenization/make_vocabulary_files.py.
private struct Golden: Decodable {
  struct Folder: Decodable {
    var configuration: String
    var ids: [[Int32]]
  }

  var vocabulary: String
  var merges: String
  var texts: [String]
  var folders: [Folder]

  init() throws {
    let path = "\(repository)/Tests/Golden/tokenization/vocabulary_files.json"
    self = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: URL(filePath: path)))
  }
}

@Suite(.endsWithin(minutes: 1)) struct VocabulariesInFilesOfTheirOwn {
  private func folder(_ golden: Golden, _ configuration: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    _ = try folder.write(golden.vocabulary, to: "vocab.json")
    _ = try folder.write(golden.merges, to: "merges.txt")
    _ = try folder.write(configuration, to: "tokenizer_config.json")
    return folder
  }

  @Test(arguments: 0..<3)
  func giveTheIdsOfTransformers(index: Int) throws {
    let golden = try Golden()
    let entry = golden.folders[index]
    let folder = try folder(golden, entry.configuration)
    let tokenizer = try Tokenizer(TokenizerFile(folder.path, family: "qwen2_vl").tables)
    for (text, ids) in zip(golden.texts, entry.ids) {
      #expect(try tokenizer.encode(text) == ids, "\(String(reflecting: text))")
    }
  }

  @Test func areReadForKnownClassesOnly() throws {
    let golden = try Golden()
    let folder = try folder(golden, #"{"tokenizer_class": "CodeGenTokenizer"}"#)
    let error = #expect(throws: CheckpointError.self) { try TokenizerFile(folder.path, family: "llava") }
    #expect(error?.reason.hasSuffix("only, not for CodeGenTokenizer") ?? false)
    let other = try self.folder(golden, "{}")
    let unnamed = #expect(throws: CheckpointError.self) { try TokenizerFile(other.path, family: "llava") }
    #expect(unnamed?.reason.hasSuffix("only, not for an unnamed tokenizer_class") ?? false)
  }
}
