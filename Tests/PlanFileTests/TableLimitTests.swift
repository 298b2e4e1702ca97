import HDF5Subset
import TestSupport
import Testing
import TinyPlans

@testable import Plan
@testable import PlanFile

/// Tables that take much more memory or time than bytes in the file.
@Suite("A table of a plan", .endsWithin(minutes: 1)) struct TableLimitTests {
  /// Reads a plan whose contents and tree were changed and whose weights are not there: what refuses it comes before.
  private func flaw(
    _ change: (inout PlanContents) -> Void = { _ in }, tree changeTree: (inout PlanTree) -> Void = { _ in }
  ) throws -> Flaw {
    var contents = TinyPlan.contents()
    change(&contents)
    var tree = try PlanTree(contents)
    changeTree(&tree)
    return try #require(throws: Flaw.self) { try PlanReading(tree) }
  }

  private func table<Scalar: StoredScalar>(
    _ path: String, _ values: [Scalar], _ shape: [Int], in tree: inout PlanTree
  ) {
    tree.datasets[path]?.shape = shape
    tree.datasets[path]?.owned = values.withUnsafeBytes { Array($0) }
    let digest = tree.datasets[path]?.digest ?? ""
    tree.datasets[path]?.attributes.put("sha256", digest)
  }

  @Test func `has no more tokens than the vocabulary`() throws {
    let offsets = [Int64](repeating: 0, count: 1_000_000)
    let flaw = try flaw(tree: { table("/tokenizer/token_offsets", offsets, [offsets.count], in: &$0) })
    #expect(flaw == Flaw("/tokenizer/token_offsets", "has 1000000 rows, more than 11"))
  }

  @Test func `has no more merges and added tokens than anybody needs`() throws {
    let merges = [Int32](repeating: 0, count: 3 * (TokenizerTables.mergeLimit + 1))
    var found = try flaw(tree: { table("/tokenizer/merges", merges, [merges.count / 3, 3], in: &$0) })
    #expect(found == Flaw("/tokenizer/merges", "has 4194305 rows, more than 4194304"))
    let added = [Int32](repeating: 0, count: 7 * (TokenizerTables.addedLimit + 1))
    found = try flaw(tree: { table("/tokenizer/added_tokens", added, [added.count / 7, 7], in: &$0) })
    #expect(found == Flaw("/tokenizer/added_tokens", "has 131073 rows, more than 131072"))
  }

  @Test func `has merges whose comparison ends`() throws {
    let found = try flaw {
      $0.tokenizer.tokens[3] = [UInt8](repeating: 0x61, count: 32_768)
      $0.tokenizer.tokens[4] = $0.tokenizer.tokens[3]
      $0.tokenizer.tokens[5] = [UInt8](repeating: 0x61, count: 65_536)
      $0.tokenizer.merges = Array(repeating: .init(left: 3, right: 4, result: 5), count: 100_000)
    }
    #expect(found == Flaw("/tokenizer/merges", "makes more than 268435456 bytes of tokens"))
  }

  @Test func `has added tokens of a length that a text is soon compared with`() throws {
    let found = try flaw {
      $0.tokenizer.tokens[2] = [UInt8](repeating: 0x61, count: 513)
      $0.tokenizer.addedTokens[1].content = String(repeating: "a", count: 513)
    }
    #expect(found == Flaw("/tokenizer/added_tokens", "token 2 is longer than 512 bytes"))
  }

  @Test func `has no more candidates than a table can show`() throws {
    let ratios = try flaw { $0.calibration?.tokenPruning?.keepRatios = Array(repeating: 0.5, count: 65) }
    #expect(ratios.reason == "number of keep_ratios is 65, expected 0 to 64")
    let rules = try flaw {
      $0.calibration?.tokenPruning?.candidates = Array(
        repeating: .init(settings: .init(rule: .random, keepRatio: 0.5, layer: 1), divergence: 0),
        count: 16_385)
    }
    #expect(rules.reason == "number of candidates is 16385, expected 0 to 16384")
    let entries = try flaw {
      $0.calibration?.cacheRetention?.candidates = Array(
        repeating: .init(ranking: .even, evenShare: 0, rate: 0.5, divergence: 0, longAnswerDivergence: 0),
        count: 16_385)
    }
    #expect(entries.reason == "number of candidates is 16385, expected 0 to 16384")
  }

  @Test func `has texts of no more entries than memory holds`() throws {
    let found = try flaw {
      $0.calibration?.provenance.pictures = Array(repeating: "", count: (1 << 18) + 1)
    }
    #expect(found == Flaw("/calibration/provenance/pictures", "has 262145 texts, more than 262144"))
  }

  /// A model that is too wide somewhere, where, and what is said of it.
  struct WideModel: Sendable {
    var object: String
    var reason: String
    var change: @Sendable (inout ModelDescription) -> Void

    init(_ object: String, _ reason: String, _ change: @escaping @Sendable (inout ModelDescription) -> Void) {
      (self.object, self.reason, self.change) = (object, reason, change)
    }
  }

  private static let wideModels = [
    WideModel("/model/text", "feed_forward_width is 2049") { $0.text.feedForwardWidth = 2049 },
    WideModel("/model/text", "width of queries, keys and values is 2064") { $0.text.headWidth = 516 },
    WideModel("/model/vision", "feed_forward_width is 2049") { $0.vision.feedForwardWidth = 2049 },
    WideModel("/model/vision", "width is 3074") { $0.vision.width = 3074 },
    WideModel("/model/projector", "hidden_width is 2049") { $0.projector.hiddenWidth = 2049 },
  ]

  @Test(arguments: wideModels) func `of weights makes no row that is much wider than what it is made of`(
    wide: WideModel
  ) {
    var model = TinyPlan.model
    wide.change(&model)
    let flaw = #expect(throws: Flaw.self) { try model.validate() }
    #expect(
      flaw?.object == wide.object && flaw?.reason.hasPrefix(wide.reason) == true,
      "\(String(describing: flaw))")
  }

  @Test func `of an attribute has few texts`() {
    func stored(_ count: Int) -> StoredAttribute {
      StoredAttribute(type: .text(bytes: 1), shape: [count], bytes: [UInt8](repeating: 0x61, count: count))
    }
    #expect(stored(256).value == .texts(Array(repeating: "a", count: 256)))
    #expect(stored(257).value == nil)
  }
}
