import HDF5
import Plan
import PlanFile
import PlanWriting
import TestSupport
import Testing
import TinyPlans

/// Plans of later minor versions, as a program of this one meets them.
@Suite("A plan of a later minor version", .endsWithin(minutes: 1)) struct GrowthTests {
  private let scratch = Scratch()

  /// Opens a plan of minor version 7 that was changed.
  private func open(minor: Int64 = 7, _ change: (Surgery) -> Void) throws -> Plan {
    let path = scratch.file()
    try PlanWriter.write(TinyPlan.contents(), weights: CountingWeights(), to: path)
    try Surgery.resealing(path) { surgery in
      surgery.attribute("format_version", of: "/", Self.numbers([1, minor]))
      change(surgery)
    }
    return try Plan(contentsOf: path, verifying: .everything)
  }

  private static func numbers(_ values: [Int64]) -> StoredValue {
    StoredValue(type: .int64, shape: [values.count], bytes: values.withUnsafeBytes { Array($0) })
  }

  /// A list of texts of one width.
  private static func texts(_ texts: [String]) -> StoredValue {
    let width = texts.map(\.utf8.count).max() ?? 1
    let bytes = texts.flatMap { Array($0.utf8) + Array(repeating: 0, count: width - $0.utf8.count) }
    return StoredValue(type: .text(bytes: width), shape: [texts.count], bytes: bytes)
  }

  @Test func `opens where nothing is unknown`() throws {
    #expect(try open { _ in }.contents == TinyPlan.contents())
  }

  @Test func `opens where an unknown attribute is marked as optional`() throws {
    let plan = try open {
      $0.attribute("dreams", of: "/model/text", Self.numbers([3]))
      $0.attribute("optional", of: "/model/text", Self.texts(["dreams"]))
    }
    #expect(plan.contents == TinyPlan.contents())
  }

  @Test func `opens where an unknown group and what is in it are marked as optional`() throws {
    let plan = try open {
      $0.group("/dreams")
      $0.group("/dreams/deep")
      $0.dataset("/dreams/deep/numbers", Self.numbers([1, 2]))
      $0.dataset("/tokenizer/hints", Self.numbers([1, 2]))
      $0.attribute("optional", of: "/", Self.texts(["dreams"]))
      $0.attribute("optional", of: "/tokenizer", Self.texts(["a", "hints"]))
    }
    #expect(plan.contents == TinyPlan.contents())
  }

  @Test(arguments: ["/model/text", "/", "/operating_points/fast", "/weights/text/final_norm"])
  func `is refused by name for an unknown attribute that is not`(object: String) throws {
    let error = #expect(throws: PlanError.self) {
      try open {
        $0.attribute("dreams", of: object, Self.numbers([3]))
        $0.attribute("optional", of: object, Self.texts(["other"]))
      }
    }
    #expect(error?.object == object)
    #expect(
      error?.reason
        == "attribute 'dreams' is not known to this program: the plan is of format 1.7, this program reads 1.4"
    )
  }

  @Test func `is refused by name for an unknown dataset that is not`() throws {
    let error = #expect(throws: PlanError.self) {
      try open {
        $0.dataset("/tokenizer/hints", Self.numbers([1, 2]))
        $0.attribute("optional", of: "/tokenizer", Self.texts(["hint"]))
      }
    }
    #expect(error?.object == "/tokenizer/hints")
    #expect(error?.reason.contains("the plan is of format 1.7") == true)
  }

  @Test func `is refused by name for a known setting with an unknown value`() throws {
    let error = #expect(throws: PlanError.self) {
      try open { $0.text("token_pruning_rule", of: "/operating_points/fast", "telepathy") }
    }
    #expect(error?.object == "/operating_points/fast")
    #expect(error?.reason == "attribute 'token_pruning_rule' has the unknown value 'telepathy'")
  }

  @Test func `may not leave out what is known, whatever it marks as optional`() throws {
    let error = #expect(throws: PlanError.self) {
      try open {
        $0.removeAttribute("layers", of: "/model/text")
        $0.attribute("optional", of: "/model/text", Self.texts(["layers"]))
      }
    }
    #expect(error?.reason == "attribute 'layers' is missing")
  }

  @Test func `of this version nothing is optional`() throws {
    let error = #expect(throws: PlanError.self) {
      try open(minor: 0) {
        $0.attribute("dreams", of: "/model/text", Self.numbers([3]))
        $0.attribute("optional", of: "/model/text", Self.texts(["dreams"]))
      }
    }
    #expect(error?.reason == "attribute 'dreams' is not expected")
  }

  @Test(arguments: [[2, 0], [0, 9], [1, -1], [1], [1, 0, 0]] as [[Int64]])
  func `is of one major version and has two numbers`(version: [Int64]) throws {
    let error = #expect(throws: PlanError.self) {
      try open { $0.attribute("format_version", of: "/", Self.numbers(version)) }
    }
    #expect(error?.reason.contains("format") == true, "\(String(describing: error))")
  }
}
