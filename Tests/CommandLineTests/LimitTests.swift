import Foundation
import TestSupport
import Testing

/// Under limits of the system a program answers rightly or says in one line what it lacks, and soon.
@Suite(.endsWithin(minutes: 5)) struct LimitTests {
  private let folder: TemporaryFolder
  private let question: [String]

  init() throws {
    folder = try TemporaryFolder()
    question = [
      "espalier-run", try ReferencePlan.path(), "--image", Scenes.picture, "--prompt", "What digit is blue?",
    ]
  }

  /// Runs a program behind some words of the shell; one that hangs is killed.
  private func run(_ limits: String, _ words: [String]) throws -> ProgramResult {
    try Program.shell(
      "\(limits)\nexec timeout -s KILL 60 \"$0\" \"$@\"", [Program.path(words[0])] + words.dropFirst())
  }

  /// Whether a result is an answer or one line. What the loader of programs says, it says before the program.
  private func isFine(_ result: ProgramResult, answer: (String) -> Bool) -> Bool {
    result.isOneError || result.status == 0 && answer(result.output)
      || result.status == 127 && result.errors.contains("error while loading shared libraries")
  }

  @Test func `a limit of address space is an answer or one line, never a hang or a signal`() throws {
    var answers = 0
    // Somewhat less lets the loader of programs end, or the runtime of the language speak.
    let sizes = [62_000, 100_000, 160_000, 200_000, 350_000, 500_000, 1_000_000, 2_000_000]
    for size in sizes + Array(stride(from: 220_000, to: 300_000, by: 4000)) {
      let result = try run("ulimit -v \(size)", question)
      #expect(isFine(result) { $0 == "6\n" }, "\(size): \(result.status) \(result.errors)")
      if result.status == 0 { answers += 1 }
      if size >= 500_000 { #expect(result.status == 0, "\(size): \(result.errors)") }
    }
    #expect(answers > 3)
  }

  @Test(arguments: [200_000, 300_000, 400_000, 700_000, 1_500_000])
  func `the same holds for the toolchain`(size: Int) throws {
    let set = try Scenes.set("test", 1, in: folder)
    for words in [
      ["espalier", "evaluate", question[1], "--set", set, "--baselines", "none"],
      ["espalier", "import", ReferencePlan.checkpoint, "--output", folder.file("plan.h5")],
      ["espalier", "inspect", question[1]],
    ] {
      let result = try run("ulimit -v \(size)", words)
      #expect(result.status == 0 || result.isOneError, "\(size): \(words): \(result.status) \(result.errors)")
    }
  }

  @Test func `many threads that have no memory are fewer threads`() throws {
    for size in stride(from: 360_000, through: 900_000, by: 45_000) {
      let result = try run("ulimit -v \(size)", question + ["--threads", "64"])
      #expect(result.status == 0 && result.output == "6\n", "\(size): \(result.errors)")
    }
  }

  @Test func `a program of one thread starts no other`() throws {
    let result = try Program.shell(
      """
      mkfifo "$3"
      "$0" "$1" --image "$2" --chat --threads 1 < "$3" &
      exec 4> "$3"
      until grep -q "$1" /proc/$!/maps; do kill -0 $! || exit 1; done
      sleep 0.2
      ls /proc/$!/task | wc -l
      kill -9 $!
      """, [Program.path("espalier-run"), question[1], Scenes.picture, folder.file("lines")])
    #expect(result.output == "1\n", "\(result.output) \(result.errors)")
  }

  @Test func `so is a limit of the stack, of open files and of the size of files`() throws {
    // The loader itself needs some of the stack.
    for size in [128, 512, 1024, 4096] {
      let result = try run("ulimit -s \(size)", question)
      #expect(isFine(result) { $0 == "6\n" } && (result.status == 0) == (size >= 1024), "\(result.errors)")
    }
    let output = folder.file("plan.h5")
    let writing = ["espalier", "import", ReferencePlan.checkpoint, "--output", output]
    for count in [6, 8, 12, 24, 64] {
      let asking = try run("ulimit -n \(count)", question)
      #expect(isFine(asking) { $0 == "6\n" }, "\(count): \(asking.errors)")
      let result = try run("ulimit -n \(count)", writing)
      #expect(result.status == 0 || result.isOneError, "\(count): \(result.errors)")
    }
    try? folder.remove("plan.h5")
    for blocks in [1, 64, 4096] {
      let result = try run("ulimit -f \(blocks)", writing)
      #expect(result.isOneError && result.errors.hasPrefix("Error: \(output): "), "\(result.errors)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func `a closed standard stream takes no file's place`() throws {
    let output = folder.file("plan.h5")
    let words = ["espalier", "import", ReferencePlan.checkpoint, "--output", output]
    for closed in ["<&-", "2>&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"] {
      _ = try run("exec \(closed)", words)
      let result = try Program.run("espalier", ["verify", output])
      #expect(result.status == 0, "\(closed): \(result.errors)")
      try folder.remove("plan.h5")
    }
    let silent = try run("exec >&-", question)
    #expect(silent.errors == "Error: standard output: cannot be written: Bad file descriptor\n")
    #expect(silent.status == 1)
    #expect(try run("exec 2>&- >&-", question).status == 1)
    #expect(try run("exec <&-", question).output == "6\n")
  }
}
