import TestSupport
import Testing

@testable import Signatures

/// What is signed of a plan is one line that a person can write as well.
@Suite(.endsWithin(minutes: 1)) struct PlanStatementTests {
  @Test func `the statement is a line with the digest`() throws {
    let digest = String(repeating: "0123456789abcdef", count: 4)
    let statement = try PlanStatement(contentsDigest: digest)
    #expect(statement.text == "espalier.plan 1 \(digest)\n")
    #expect(statement.bytes == Array(statement.text.utf8))
    #expect(PlanStatement.signaturePath(ofPlan: "a/b.h5") == "a/b.h5.minisig")
  }

  @Test(arguments: [
    "", "0", String(repeating: "0", count: 63), String(repeating: "0", count: 65),
    String(repeating: "A", count: 64), String(repeating: "0", count: 63) + "\n",
    String(repeating: "0", count: 63) + "é",
  ])
  func `what is no digest makes no statement`(text: String) {
    #expect(throws: SignatureError.noDigest(text)) { try PlanStatement(contentsDigest: text) }
  }

  @Test func `the statement that minisign signed for these tests is one`() throws {
    let digest = String(repeating: "0", count: 63) + "7"
    #expect(try PlanStatement(contentsDigest: digest).bytes == SignatureGolden.bytes("statement"))
  }
}
