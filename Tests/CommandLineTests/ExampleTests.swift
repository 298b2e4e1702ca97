import Foundation
import TestSupport
import Testing

/// The examples are programs that work.
@Suite(.endsWithin(minutes: 5)) struct ExampleTests {
  @Test func `ask answers a question about a picture, and one without`() throws {
    let plan = try ReferencePlan.path()
    let picture = ReferencePlan.scenes.appendingPathComponent("images/test-003.jpg").path
    let result = try Program.run("ask", [plan, "Describe the image.", picture])
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.output.hasPrefix("The image shows 5 digits."))
    #expect(result.output.contains("(dense: first token after"))
    #expect(try Program.run("ask", [plan, "Is there a digit?"]).status == 0)
    #expect(try Program.run("ask", []).output.hasPrefix("usage: ask"))
  }

  @Test func `espalier-run answers a prompt without a picture`() throws {
    let result = try Program.run("espalier-run", [try ReferencePlan.path(), "--prompt", "Is there a digit?"])
    #expect(result.status == 0 && !result.output.isEmpty)
  }
}
