import Glibc
import Testing

@testable import Plan
@testable import PlanFile

/// docs/FORMAT.md against the files that the writer makes.
@Suite struct FormatDocumentTests {
  private static let path =
    "\(#filePath)".split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    + "/docs/FORMAT.md"
  private static let mark =
    "<!-- What follows is made from the writer's own files by FormatDocumentTests. -->\n"

  /// With ESPALIER_UPDATE_FORMAT=1 in the environment, the tables are written instead; descriptions of attributes stay.
  @Test func `the document names every group, dataset and attribute of a plan`() throws {
    let document = String(decoding: readBytes(Self.path), as: UTF8.self)
    let mark = try #require(document.firstRange(of: Self.mark), "the mark before the tables is gone")
    let tables = FormatTables(try PlanVariant.all(), document: document)
    let expected = document[..<mark.upperBound] + "\n" + Self.words + "\n" + tables.text
    if getenv("ESPALIER_UPDATE_FORMAT") != nil {
      writeBytes(Array(expected.utf8), to: Self.path)
    } else {
      let lines = zip(document.split(separator: "\n"), expected.split(separator: "\n"))
      let (isCurrent, difference) = (document == expected, lines.first { $0 != $1 })
      #expect(
        isCurrent, "run this test with ESPALIER_UPDATE_FORMAT=1; first: \(String(describing: difference))")
    }
  }

  @Test func `every attribute is described, and every extent has a name`() throws {
    let document = String(decoding: readBytes(Self.path), as: UTF8.self)
    let tables = FormatTables(try PlanVariant.all(), document: document)
    #expect(tables.undescribed == [])
    #expect(!tables.text.contains(Extents.unknown))
  }

  @Test func `extents of the documented plans can be told apart`() {
    #expect(Set(Extents.named.map(\.extent)).count == Extents.named.count)
  }

  /// The texts that attributes may hold, where they are a list.
  private static var words: String {
    func row<Value: CaseIterable & RawRepresentable<String>>(_ name: String, _: Value.Type) -> String {
      "| \(name) | \(Value.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")) |\n"
    }
    return "### Texts with a meaning\n\n| attribute | one of |\n|---|---|\n"
      + row("`weight_format`, `format` of a weight", WeightFormat.self)
      + row("`activation`", Activation.self) + row("`norm` of the tower", Norm.self)
      + row("`norm` of the projector", ProjectorModel.ProjectorNorm.self)
      + row("`positions`", VisionModel.Positions.self) + row("`filter`", ImagePreprocessing.Filter.self)
      + row("`position_resize`", VisionModel.PositionResize.self)
      + row("`picture_attention`", TextModel.PictureAttention.self)
      + row("`resampler`", ImagePreprocessing.Resampler.self)
      + row("`arrangement`", ImagePreprocessing.Arrangement.self)
      + row("`scheme`", TokenizerTables.Scheme.self) + row("`..._trimming`", Trimming.self)
      + row("`token_pruning_rule`, `rule`", ImportanceRule.self)
      + row("`layer_reduction_neurons`", LayerReduction.NeuronSelection.self)
      + row("`cache_retention_mode`", CacheRetention.Mode.self)
      + row("`cache_retention_ranking`, `ranking`", CacheRetention.EntryRanking.self)
  }
}
