import Testing
import TestSupport
import TinyPlans

@testable import Plan
@testable import PlanFile

@Suite("Steps of a tokenizer", .endsWithin(minutes: 1))
struct TokenizerStepTests {
  private static var all: TokenizerTables {
    var tables = TinyPlan.tokenizer
    tables.scheme = .characters
    tables.normalization =
      [
        .prepend("▁"), .replace(.literal(" "), content: "▁"), .replace(.expression("a+"), content: "b"),
        .strip(left: true, right: false), .strip(left: false, right: true), .lowercase,
      ] + NormalForm.allCases.map { .normalForm($0) }
    tables.splitting =
      [
        .split(.literal("a"), .removed, inverted: true), .digits(individual: true),
        .digits(individual: false), .words, .whiteSpace, .prefixSpace,
        .metaspace(replacement: "▁", prepend: .first, splits: false),
      ] + SplitBehavior.allCases.map { .split(.expression("b"), $0, inverted: false) }
      + SplitBehavior.allCases.map { .punctuation($0) }
      + PrependScheme.allCases.map { .metaspace(replacement: "_", prepend: $0, splits: true) }
    tables.decoding = [
      .replace(.literal("▁"), content: " "), .replace(.expression("c"), content: ""), .byteFallback, .fuse,
      .strip(" ", start: 1, stop: 2), .metaspace(replacement: "▁", dropsFirst: true), .join(" "),
    ]
    (tables.fallsBackToBytes, tables.fusesUnknown, tables.unknownToken) = (true, true, 0)
    tables.addedTokens[0].inVocabulary = true
    return tables
  }

  @Test("come out of a tree as they went in")
  func roundTrip() throws {
    var builder = TreeBuilder()
    try builder.add(Self.all)
    var reader = TreeReader(builder.tree)
    let tables = try TokenizerTables(from: &reader, vocabulary: 10)
    #expect(tables == Self.all)
    try tables.validate(vocabulary: 10)
  }

  @Test("that are not known are refused")
  func unknownRows() {
    #expect(StepRow(stage: "normalize", kind: "reverse").normalization == nil)
    #expect(StepRow(stage: "normalize", kind: "normal_form", mode: "nfx").normalization == nil)
    #expect(StepRow(stage: "normalize", kind: "strip", first: 1, second: 2).normalization == nil)
    #expect(StepRow(stage: "split", kind: "split", mode: "kept", pattern: "a").splitting == nil)
    #expect(StepRow(stage: "split", kind: "digits", first: -1).splitting == nil)
    #expect(StepRow(stage: "split", kind: "byte_level").splitting == nil)
    #expect(StepRow(stage: "decode", kind: "lowercase").decoding == nil)
    #expect(StepRow(stage: "decode", kind: "metaspace", content: "_", first: 7).decoding == nil)
  }

  @Test("that make no sense or too much text are refused with one line")
  func invalid() {
    let long = String(repeating: "x", count: 5000)
    let cases: [(reason: String, change: (inout TokenizerTables) -> Void)] = [
      ("empty pattern", { $0.splitting = [.split(.literal(""), .isolated, inverted: false)] }),
      ("longer than 4096", { $0.splitting = [.split(.expression(long), .isolated, inverted: false)] }),
      ("longer than 256", { $0.normalization = [.prepend(long)] }),
      (
        "normalisation makes text too long",
        { $0.normalization = Array(repeating: .replace(.literal("x"), content: "xx"), count: 13) }
      ),
      (
        "decoding makes text too long",
        { $0.decoding = Array(repeating: .replace(.expression("x"), content: "xx"), count: 8) }
      ),
      ("more than 64 steps", { $0.splitting = Array(repeating: .words, count: 65) }),
      (
        "expected one character",
        { $0.splitting = [.metaspace(replacement: "", prepend: .always, splits: true)] }
      ),
      ("expected one character", { $0.decoding = [.strip("ab", start: 1, stop: 0)] }),
      ("expected 0 to 1024", { $0.decoding = [.strip("a", start: -1, stop: 0)] }),
      ("from a vocabulary of characters", { $0.decoding = [.byteLevel] }),
      ("does not decode its bytes", { $0.scheme = .byteLevel }),
      ("unknown_token is 99", { $0.unknownToken = 99 }),
      ("is no UTF-8", { $0.tokens[6] = [0xFF] }),
    ]
    for (reason, change) in cases {
      var tables = Self.all
      change(&tables)
      let flaw = #expect(throws: Flaw.self) { try tables.validate(vocabulary: 10) }
      #expect(flaw?.reason.contains(reason) ?? false, "\(String(describing: flaw))")
    }
  }
}
