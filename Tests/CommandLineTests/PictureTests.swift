import Foundation
import TestSupport
import Testing

/// Less of a picture, by options: how many tokens there are, and what a model cannot do in one line.
@Suite(.tags(.slow), .skippedWhenFast, .endsWithin(minutes: 5)) struct PictureTests {
  private static let picture = TilePlan.scenes.appendingPathComponent("images/test-000.jpg").path
  private static let question = ["--image", picture, "--prompt", "What digit is green?"]

  @Test(arguments: [
    (options: [String](), visual: 832), (["--resolution", "672"], 640),
    (["--resolution", "longest_edge:448"], 320),
    (["--resolution", "overview"], 64), (["--resolution", "5000"], 832), (["--max-pixels", "460000"], 640),
    (["--max-pixels", "1"], 64),
  ])
  func `a smaller resolution has fewer visual tokens`(options: [String], visual: Int) throws {
    let result = try Program.run("espalier-run", [try TilePlan.path()] + Self.question + options + ["--json"])
    #expect(result.status == 0, "\(result.errors)")
    let answer = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let counts = try #require(answer["counts"] as? [String: Any])
    #expect(counts["visual"] as? Int == visual)
  }

  @Test(arguments: [
    (["--resolution", "tiles:3"], 1, "resolution limits tiles to 3, expected 0: no splitting"),
    (["--resolution", "pixels:3000"], 1, "this model's processor knows longest_edge or tiles"),
    (["--resolution", "large"], 64, "'large' is no resolution that this model's processor knows"),
    (["--resolution", "-448"], 64, "'-448' is no resolution"),
    (["--max-pixels", "0"], 64, "--max-pixels must be within"),
    (["--resolution", "448", "--max-pixels", "9"], 64, "exclude each other"),
  ])
  func `what the processor does not know is refused`(options: [String], status: Int32, reason: String) throws
  {
    let result = try Program.run("espalier-run", [try TilePlan.path()] + Self.question + options)
    #expect(result.status == status && result.errors.contains(reason), "\(result.errors)")
  }

  @Test func `a fixed resolution is said to be fixed`() throws {
    for options in [["--resolution", "224"], ["--max-pixels", "50000"]] {
      let result = try Program.run("espalier-run", [try ReferencePlan.path()] + Self.question + options)
      #expect(result.status == 64, "\(result.errors)")
      #expect(result.errors.contains("resolution"), "\(result.errors)")
    }
    let custom = ["--tile-threshold", "1"]
    let set = TilePlan.scenes.appendingPathComponent("test.jsonl").path
    let result = try Program.run(
      "espalier", ["evaluate", try ReferencePlan.path(), "--set", set, "--limit", "1"] + custom)
    #expect(
      result.status == 64 && result.errors.contains("this model's pictures have none"), "\(result.errors)")
  }

  @Test func `patches that do not stand out leave, and what a margin or spacing may be is said`() throws {
    let folder = try TemporaryFolder()
    func explain(_ options: [String]) throws -> (status: Int32, errors: String, kept: Int?) {
      let result = try Program.run(
        "espalier",
        ["explain", try TilePlan.path(), "--output", folder.file("a.png"), "--json"] + options
          + Self.question)
      let object = try? JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
      return (result.status, result.errors, object?["visual_kept"] as? Int)
    }
    // As many as Tests/Golden/pictures/contrast.json has of this picture.
    let some = try explain(["--contrast-threshold", "1.1"])
    #expect(some.status == 0 && some.kept == 134, "\(some)")
    let none = try explain([
      "--contrast-threshold", "1.2", "--contrast-margin", "2", "--contrast-spacing", "0",
    ])
    #expect(none.kept == 173, "\(none)")
    #expect(try explain(["--contrast-threshold", "0"]).kept == 832)
    for (option, value) in [("threshold", "-1"), ("threshold", "nan"), ("margin", "-1"), ("spacing", "2000")]
    {
      let result = try explain(["--contrast-threshold", "1", "--contrast-\(option)=\(value)"])
      #expect(result.status == 64 && result.errors.contains("--contrast-\(option)"), "\(result.errors)")
    }
  }

  @Test func `explain draws the tiles that the tower sees`() throws {
    let folder = try TemporaryFolder()
    let result = try Program.run(
      "espalier",
      ["explain", try TilePlan.path(), "--output", folder.file("a.png"), "--tile-threshold", "1.5", "--json"]
        + Self.question)
    #expect(result.status == 0, "\(result.errors)")
    let object = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    // Three tiles and the overview of twelve tiles and the overview.
    #expect(object["visual"] as? Int == 832 && object["visual_kept"] as? Int == 256)
    #expect(object["answer"] as? String == "2")
    let pictures = try #require(object["pictures"] as? [[String: Any]])
    let blocks = try #require(pictures.first?["blocks"] as? [[String: Any]])
    let dropped = blocks.compactMap { ($0["dropped_tokens"] as? [Int])?.count }
    #expect(dropped.count == 13 && dropped.count { $0 == 64 } == 9 && dropped.count { $0 == 0 } == 4)
  }
}
