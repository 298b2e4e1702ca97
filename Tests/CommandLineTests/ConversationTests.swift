import Foundation
import HDF5
import Plan
import PlanFile
import Testing
import TestSupport

/// Conversations, several pictures and templates of one's own, from the command line.
@Suite(.endsWithin(minutes: 5)) struct ConversationTests {
  let folder: TemporaryFolder
  private let pictures = ["test-000.jpg", "test-003.jpg"].map {
    ReferencePlan.scenes.appendingPathComponent("images/\($0)").path
  }

  init() throws { folder = try TemporaryFolder() }

  @Test func `a trace holds a conversation about two pictures`() throws {
    let output = folder.file("trace.h5")
    let result = try Program.run(
      "espalier",
      [
        "trace", try ReferencePlan.path(), "--image", pictures[0], "--image", pictures[1], "--system",
        "Be\nbrief. ", "--prompt", "<image>Which?", "--reply", " 7", "--prompt", "And\nnow?", "--reply",
        "é 8 ",
        "--prompt", "Here: <image>", "--output", output,
      ])
    #expect(result.status == 0, "\(result.errors)")
    let root = try File.open(output).root()
    #expect(try root.dataset("pixel_values").shape == [2, 3, 224, 224])
    let ids: [Int32] = try root.dataset("input_ids").read()
    #expect(ids.count { $0 == 3 } == 512)
  }

  @Test func `an answer to the last prompt of a conversation`() throws {
    let result = try Program.run(
      "espalier-run",
      [
        try ReferencePlan.path(), "--image", pictures[0], "--system=Answer.", "--prompt",
        "What digit is green?",
        "--reply", "7", "--prompt", "What digit is purple?", "--max-tokens", "2", "--json",
      ])
    #expect(
      result.status == 0 && result.output.contains("\"visual\": 256"), "\(result.output)\(result.errors)")
  }

  @Test(arguments: ["keep", "reencode", "accept"])
  func `prompts without replies are a dialogue, answered one after the other`(policy: String) throws {
    let asked = [
      "--prompt", "What digit is green?", "--prompt", "What digit is purple?", "--max-tokens", "2",
    ]
    let result = try Program.run(
      "espalier-run",
      [try ReferencePlan.path(), "--image", pictures[0], "--multi-turn", policy, "--json"] + asked)
    let lines = result.output.split(separator: "\n")
    #expect(result.status == 0 && lines.count == 2, "\(result.output)\(result.errors)")
    #expect(lines.first?.contains("\"known\": 0") == true)
    #expect(lines.last?.contains("\"known\": 0") == (policy == "reencode"))
  }

  @Test func `a chat goes on with the lines of stdin`() throws {
    let run = try Program.shell(
      "printf 'What digit is green?\\n\\nHow many digits are there?\\n' | \"$0\" \"$@\"",
      [
        Program.path("espalier-run"), try ReferencePlan.path(), "--image", pictures[0], "--chat",
        "--max-tokens", "2",
      ])
    #expect(run.status == 0 && run.output.split(separator: "\n").count == 2, "\(run.output)\(run.errors)")
  }

  @Test(arguments: [
    (["--prompt", "<image> or <image>?"], "prompt: has <image> 2 times for 1 images"),
    (["--prompt", " "], "prompt: is empty"),
  ])
  func `prompts that do not fit the pictures`(arguments: [String], message: String) throws {
    let result = try Program.run(
      "espalier-run", [try ReferencePlan.path(), "--image", pictures[0]] + arguments)
    #expect(result.status == 1 && result.errors == "Error: \(message)\n", "\(result.errors)")
  }

  @Test(arguments: [
    ["--prompt", "a", "--reply", "b"], ["--reply", "a", "--prompt", "b"],
    ["--prompt", "a", "--reply", "b", "--reply", "c", "--prompt", "d"],
  ])
  func `prompts and replies out of turn exit with 64`(words: [String]) throws {
    for (program, verb) in [("espalier-run", []), ("espalier", ["trace", "--output", folder.file("t.h5")])] {
      // The order of different options is not known to a verb of espalier, only their number.
      if program == "espalier" && words.first == "--reply" { continue }
      let result = try Program.run(program, verb + ["plan.h5", "--image", pictures[0]] + words)
      #expect(result.status == 64 && result.errors.contains("--reply"), "\(program): \(result.errors)")
    }
  }

  @Test func `a chat template of one's own is used instead of the checkpoint's`() throws {
    let template = try folder.write(
      "{% for m in messages %}{% for c in m.content %}{{ '<image>' if c.type == 'image' else c.text }}"
        + "{% endfor %}{% endfor %}=", to: "own.jinja")
    let output = folder.file("plan.h5")
    let result = try Program.run(
      "espalier", ["import", ReferencePlan.checkpoint, "--chat-template", template, "--output", output])
    #expect(result.status == 0, "\(result.errors)")
    let prompt = try Plan(contentsOf: output).contents.prompt
    #expect(prompt.openings.allSatisfy { $0.segments.isEmpty || $0.segments == [.system] })
    #expect(prompt.closings.contains { $0.turn == .only && $0.segments == [.literal("=")] })
  }

  @Test func `a template that cannot be used is named, and nothing is written`() throws {
    let template = try folder.write("\n{{ messages | frobnicate }}", to: "own.jinja")
    let result = try Program.run(
      "espalier",
      [
        "import", ReferencePlan.checkpoint, "--chat-template", template, "--output", folder.file("plan.h5"),
      ])
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(result.errors.hasPrefix("Error: \(template): chat template, line 2: the filter 'frobnicate'"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["own.jinja"])
  }
}
