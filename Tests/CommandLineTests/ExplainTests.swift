import Foundation
import TestSupport
import Testing

/// `espalier explain` from the command line.
@Suite(.endsWithin(minutes: 5)) struct ExplainTests {
  private let folder: TemporaryFolder
  private let picture = ReferencePlan.scenes.appendingPathComponent("images/test-003.jpg").path

  init() throws { folder = try TemporaryFolder() }

  private func explain(_ picture: String, _ output: String, _ more: [String] = []) throws -> ProgramResult {
    try Program.run(
      "espalier",
      [
        "explain", try ReferencePlan.path(), "--image", picture, "--prompt", "What digit is green?",
        "--keep", "0.25", "--retention", "0.5", "--output", output,
      ] + more)
  }

  @Test func `a picture and figures`() throws {
    let output = folder.file("o.png")
    let result = try explain(picture, output)
    #expect(result.status == 0 && result.output.contains("64 of 256 visual tokens stay"), "\(result.errors)")
    #expect(try Data(contentsOf: URL(filePath: output)).starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }

  @Test func `JSON names every dropped patch`() throws {
    let result = try explain(picture, folder.file("o.png"), ["--json"])
    let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    let pictures = json?["pictures"] as? [[String: Any]]
    let blocks = pictures?.first?["blocks"] as? [[String: Any]]
    #expect((blocks?.first?["dropped_tokens"] as? [Int])?.count == 192)
    #expect((blocks?.first?["cached_by_layer_and_head"] as? [[[Int]]])?.count == 12)
  }

  @Test func `what cannot be read or written is one line`() throws {
    let missing = try explain(folder.file("none.jpg"), folder.file("o.png"))
    #expect(missing.status == 1 && missing.errors.hasPrefix("Error: \(folder.file("none.jpg")): "))
    let nowhere = try explain(picture, folder.file("no/such/folder/o.png"))
    #expect(
      nowhere.status == 1 && nowhere.errors.hasPrefix("Error: \(folder.file("no/such/folder/o.png")): "))
    let copy = folder.file("copy.jpg")
    try FileManager.default.copyItem(atPath: picture, toPath: copy)
    let itself = try explain(copy, copy)
    #expect(itself.status == 1 && itself.errors == "Error: \(copy): cannot be written: is \(copy) itself\n")
    #expect(FileManager.default.contentsEqual(atPath: picture, andPath: copy))
    for result in [missing, nowhere] { #expect(result.errors.split(separator: "\n").count == 1) }
    #expect(!FileManager.default.fileExists(atPath: folder.file("o.png")))
  }
}
