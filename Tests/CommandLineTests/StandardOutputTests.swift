import Foundation
import TestSupport
import Testing

/// A result that nobody gets is an error, in every verb of both programs.
@Suite(.endsWithin(minutes: 5)) struct StandardOutputTests {
  private static let commands: [[String]] = [
    ["espalier", "--help"], ["espalier", "--version"], ["espalier", "help", "tune"],
    ["espalier", "--generate-completion-script", "bash"], ["espalier", "inspect", "PLAN"],
    ["espalier", "inspect", "PLAN", "--json"], ["espalier", "verify", "PLAN"],
    ["espalier", "evaluate", "PLAN", "--set", "SET", "--baselines", "none", "--max-tokens", "2"],
    ["espalier", "report", "PLAN", "--set", "SET", "--output", "OUT", "--baselines", "none"],
    [
      "espalier", "explain", "PLAN", "--image", "PIC", "--prompt", "What?", "--keep", "0.5", "--output",
      "OUT",
    ],
    [
      "espalier", "bench", "PLAN", "--image", "PIC", "--tokens", "2", "--repetitions", "1", "--format", "csv",
    ],
    ["espalier", "bench", "PLAN", "--image", "PIC", "--parts", "8", "--repetitions", "1"],
    ["espalier-run", "--help"], ["espalier-run", "--version"],
    ["espalier-run", "PLAN", "--image", "PIC", "--prompt", "What digit is blue?"],
    ["espalier-run", "PLAN", "--image", "PIC", "--prompt", "What digit is blue?", "--json"],
  ]

  private let folder: TemporaryFolder
  private let names: [String: String]

  init() throws {
    folder = try TemporaryFolder()
    names = [
      "PLAN": try ReferencePlan.path(), "PIC": Scenes.picture, "OUT": folder.file("out"),
      "SET": try Scenes.set("test", 1, in: folder),
    ]
  }

  @Test(arguments: commands) func `a full device ends with 1 and one line`(command: [String]) throws {
    try expectFailure("exec \"$0\" \"$@\" > /dev/full", command, "No space left on device")
  }

  @Test(arguments: commands) func `so does a pipe that nobody reads, where its signal is ignored`(
    command: [String]
  ) throws {
    // The reader is gone before anything is written.
    let status = folder.file("status")
    let script = """
      trap '' PIPE
      { sleep 0.2; "$0" "$@"; echo $? > \(status); } | true
      exit $(cat \(status))
      """
    try expectFailure(script, command, "Broken pipe")
  }

  private func expectFailure(_ script: String, _ command: [String], _ reason: String) throws {
    let words = command.map { names[$0] ?? $0 }
    let result = try Program.shell(script, [Program.path(words[0])] + words.dropFirst())
    #expect(result.status == 1)
    let errors = result.errors.split(separator: "\n").filter { $0.hasPrefix("Error: ") }
    #expect(errors == ["Error: standard output: cannot be written: \(reason)"], "\(result.errors)")
  }
}
