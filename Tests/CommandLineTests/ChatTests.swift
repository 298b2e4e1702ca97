import Foundation
import TestSupport
import Testing

/// A chat outlives a line that it cannot answer.
@Suite(.endsWithin(minutes: 2)) struct ChatTests {
  private func chat(_ lines: [String], _ more: [String] = []) throws -> ProgramResult {
    try Program.shell(
      "printf '\(lines.joined(separator: "\\n"))\\n' | \"$0\" \"$@\"",
      [
        Program.path("espalier-run"), try ReferencePlan.path(), "--image", Scenes.picture, "--chat",
        "--max-tokens", "3",
      ] + more)
  }

  private let bad = "<image> <image> what?"
  private let complaint = "Error: prompt: has <image> 2 times for 1 images\n"

  @Test func `a bad line is said, and the next one is answered as if it had not been`() throws {
    let good = try chat(["What digit is blue?", "What digit is green?"])
    let mixed = try chat(["What digit is blue?", bad, "What digit is green?"])
    #expect(good.status == 0 && mixed.status == 0 && mixed.output == good.output, "\(mixed.errors)")
    #expect(mixed.errors == complaint)
  }

  @Test func `a line beyond the context is no end either`() throws {
    let long = String(repeating: "What digit is green? ", count: 1500)
    let result = try chat([long, "What digit is blue?"])
    #expect(result.status == 0 && result.output == "6\n", "\(result.output)\(result.errors)")
    #expect(result.errors.contains("the model takes 2048"))
  }

  @Test func `standard input that cannot be read is an error, not its end`() throws {
    let result = try Program.shell(
      "\"$0\" \"$@\" < /", [Program.path("espalier-run"), try ReferencePlan.path(), "--chat"])
    #expect(result.status == 1 && result.errors == "Error: standard input: cannot be read: Is a directory\n")
  }

  @Test func `a bad last line is the exit code`() throws {
    let result = try chat(["What digit is blue?", bad], ["--json"])
    #expect(result.status == 1 && result.errors == complaint)
    #expect(result.output.split(separator: "\n").count == 1)
  }

  @Test func `a prompt of the command line ends it, as does a picture that is not there`() throws {
    #expect(try chat(["What digit is blue?"], ["--prompt", bad]).isOneError)
    #expect(try chat(["What digit is blue?", "And?"], ["--image", "none.jpg"]).isOneError)
  }
}
