import Foundation
import TestSupport
import Testing

/// Words of a command line that look like something else, and numbers that make no sense.
@Suite(.tags(.slow), .skippedWhenFast, .endsWithin(minutes: 5)) struct CommandLineArgumentTests {
  @Test(arguments: [
    ["espalier-run", "none.h5"], ["espalier", "trace", "none.h5", "--output", "/dev/null"],
    ["espalier", "explain", "none.h5", "--output", "/dev/null"], ["espalier", "retime", "none.h5"],
  ])
  func `text and paths may begin with a dash`(command: [String]) throws {
    let result = try Program.run(
      command[0], command.dropFirst() + ["--image", "-x.jpg", "--prompt", "- what?"])
    // The command line is understood; the plan is not there.
    #expect(result.isOneError && result.errors.contains("none.h5"), "\(result.errors)")
  }

  @Test func `outputs and sets may begin with a dash`() throws {
    let folder = try TemporaryFolder()
    let result = try Program.shell(
      "cd \(folder.path) && exec \"$0\" import \(ReferencePlan.checkpoint) -o -plan.h5",
      [Program.path("espalier")])
    #expect(result.status == 0, "\(result.errors)")
    let read = try Program.shell(
      "cd \(folder.path) && exec \"$0\" --image \(Scenes.picture) --prompt 'What digit is blue?' -- -plan.h5",
      [Program.path("espalier-run")])
    #expect(read.status == 0 && read.output == "6\n", "\(read.errors)")
    let set = try Program.shell(
      "cd \(folder.path) && exec \"$0\" evaluate --set -set.jsonl -- -plan.h5", [Program.path("espalier")])
    #expect(set.isOneError && set.errors.contains("-set.jsonl"), "\(set.errors)")
  }

  @Test func `a point and the time that chooses one exclude each other`() throws {
    let result = try Program.run(
      "espalier-run",
      ["none.h5", "--image", "x", "--prompt", "y", "--point", "fast", "--max-first-token", "2s"])
    #expect(result.status == 64 && result.errors.contains("exclude each other"))
  }

  /// Numbers that no option takes.
  private static let numbers = [
    "-1", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "18446744073709551616",
    "1e999", "nan", "inf", "-inf", "0x10", "1_000", "", " ", "٣", "1" + String(repeating: "0", count: 5000),
  ]

  private static let question = ["--image", "x.jpg", "--prompt", "What?"]
  private static let options: [(command: [String], names: [String])] = [
    (
      ["espalier-run", "none.h5"] + question,
      [
        "--max-tokens", "--temperature", "--top-k", "--top-p", "--min-p", "--seed", "--threads",
        "--max-first-token", "--max-pixels",
      ]
    ),
    (
      ["espalier", "evaluate", "none.h5", "--set", "s"],
      [
        "--limit", "--max-tokens", "--shuffle", "--keep", "--max-pixels", "--tile-threshold",
        "--patch-tolerance", "--tower-keep", "--tower-layer", "--tower-skip", "--prune-layer", "--horizon",
        "--recovery",
        "--alpha", "--beta",
        "--gamma", "--sigma", "--epsilon", "--ffn-layers", "--neuron-share", "--attention-layers", "--window",
        "--retention", "--even-share", "--threads",
      ]
    ),
    (
      ["espalier", "calibrate", "none.h5", "--set", "s", "--output", "/dev/null"],
      ["--limit", "--ranking-limit", "--seed", "--prior-layers", "--window", "--shuffle", "--threads"]
    ),
    (
      ["espalier", "tune", "none.h5", "--set", "s", "--output", "/dev/null"],
      [
        "--limit", "--max-drop", "--target-first-token", "--target-memory", "--target-decode", "--shuffle",
        "--threads",
      ]
    ),
    (["espalier", "retime", "none.h5", "--output", "/dev/null"] + question, ["--repetitions", "--threads"]),
    (["espalier", "report", "none.h5", "--output", "/dev/null"], ["--pictures", "--max-tokens"]),
    (["espalier", "explain", "none.h5", "--output", "/dev/null"] + question, ["--max-tokens", "--keep"]),
    (
      ["espalier", "bench", "none.h5"],
      ["--prompt-tokens", "--tokens", "--repetitions", "--warm-up", "--parts", "--threads"]
    ),
  ]

  @Test(arguments: options) func `no number traps or takes the machine`(
    command: [String], names: [String]
  ) throws {
    for name in names {
      for number in Self.numbers {
        // Half a gigabyte is far more than reading a command line takes.
        let result = try Program.shell(
          "ulimit -v 2000000; exec \"$0\" \"$@\"",
          [Program.path(command[0])] + command.dropFirst() + ["\(name)=\(number)"])
        #expect(
          [1, 64].contains(result.status), "\(command[1]) \(name)=\(number.prefix(30)): \(result.status)")
        #expect(result.output.isEmpty && result.errors.hasPrefix("Error: "), "\(name)=\(number.prefix(30))")
        for line in result.errors.split(separator: "\n") { #expect(line.count <= 600) }
      }
    }
  }

  @Test func `ranges of counts are said`() throws {
    for (command, option, range) in [
      (["evaluate", "p", "--set", "s"], "--max-tokens", "1 ... 1000000"),
      (["evaluate", "p", "--set", "s"], "--prune-layer", "-1 ... 10000"),
      (["calibrate", "p", "--set", "s"], "--window", "1 ... 1000000"),
      (["retime", "p"] + Self.question, "--repetitions", "1 ... 100000"),
      (["bench", "p"], "--tokens", "2 ... 1000000"),
    ] {
      let result = try Program.run("espalier", command + ["\(option)=9223372036854775807"])
      #expect(
        result.status == 64 && result.errors.contains("\(option) must be within \(range)"), "\(result.errors)"
      )
    }
  }

  @Test func `thousands of ranges of layers are one list`() throws {
    let list = Array(repeating: "0-9999", count: 15_000).joined(separator: ",")
    let result = try Program.shell(
      "ulimit -v 2000000; exec \"$0\" evaluate none.h5 --set s --ffn-layers \"$1\"",
      [Program.path("espalier"), list])
    #expect(result.isOneError, "\(result.status) \(result.errors)")
  }

  @Test(arguments: ["espalier", "espalier-run"]) func `unknown kernels are an error`(program: String) throws {
    let words =
      program == "espalier"
      ? ["inspect", try ReferencePlan.path()]
      : [try ReferencePlan.path(), "--image", Scenes.picture, "--prompt", "What?"]
    let result = try Program.shell(
      "export ESPALIER_KERNELS=fastest; exec \"$0\" \"$@\"", [Program.path(program)] + words)
    #expect(result.isOneError && result.errors.contains("'fastest'"), "\(result.errors)")
    for name in ["", "portable"] {
      let known = try Program.shell(
        "export ESPALIER_KERNELS=\(name); exec \"$0\" \"$@\"", [Program.path(program)] + words)
      #expect(known.status == 0, "\(known.errors)")
    }
  }
}
