import Foundation
import TestSupport
import Testing

/// A file that somebody writes to while it is in use is an error that names it, never a wrong answer and never a signal.
@Suite(.endsWithin(minutes: 5)) struct ChangedPlanTests {
  private let folder: TemporaryFolder
  private let plan: String

  init() throws {
    folder = try TemporaryFolder()
    plan = folder.file("plan.h5")
    try FileManager.default.copyItem(atPath: ReferencePlan.path(), toPath: plan)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: plan)
  }

  /// Asks a question, changes the plan when it is answered, and asks another one.
  private func chat(_ change: String) throws -> ProgramResult {
    try Program.shell(
      """
      mkfifo "$1/questions"
      : > "$1/answers"
      "$0" "$2" --image "$3" --chat < "$1/questions" > "$1/answers" &
      exec 3> "$1/questions"
      echo "What digit is blue?" >&3
      until [ "$(wc -l < "$1/answers")" -gt 0 ] || ! kill -0 $!; do sleep 0.02; done
      \(change)
      echo "What digit is red?" >&3
      exec 3>&-
      wait $!
      status=$?
      cat "$1/answers"
      exit $status
      """, [Program.path("espalier-run"), folder.path, plan, Scenes.picture])
  }

  @Test(arguments: [
    "truncate -s 100000 \"$2\"", "truncate -s +1 \"$2\"", "cat \"$3\" > \"$2\"",
    "dd if=\"$3\" of=\"$2\" bs=1024 seek=20000 count=1 conv=notrunc status=none",
  ]) func `a plan that is written to while it is in use gives no further answer`(change: String) throws {
    let result = try chat(change)
    #expect(result.status == 1 && result.output.split(separator: "\n").count == 1, "\(result.output)")
    #expect(result.errors == "Error: \(plan): was changed while it was in use\n")
  }

  @Test(arguments: ["cp \"$2\" \"$2.new\"; mv \"$2.new\" \"$2\"", "rm \"$2\"", "chmod a-w \"$2\""])
  func `a plan that is replaced as a whole goes on answering`(change: String) throws {
    let result = try chat(change)
    #expect(result.status == 0 && result.output.split(separator: "\n").count == 2, "\(result.errors)")
  }

  /// Programs that read all of a file for some time, which is shortened meanwhile.
  private static let readers: [[String]] = [
    ["espalier-run", "PLAN", "--image", "PIC", "--prompt", "Describe the image.", "--check"],
    ["espalier", "verify", "PLAN"], ["espalier", "evaluate", "PLAN", "--set", "SET", "--baselines", "none"],
    ["espalier", "trace", "PLAN", "--image", "PIC", "--prompt", "What?", "--output", "OUT"],
    ["espalier", "import", "MODEL", "--output", "OUT"],
  ]

  @Test(arguments: readers) func `a file that is shortened while it is read is one line and 1`(
    words: [String]
  ) throws {
    let model = folder.file("model")
    try FileManager.default.copyItem(atPath: ReferencePlan.checkpoint, toPath: model)
    let victim = words.contains("MODEL") ? "\(model)/model.safetensors" : plan
    let names = [
      "PLAN": plan, "PIC": Scenes.picture, "OUT": folder.file("out"), "MODEL": model,
      "SET": try Scenes.set("test", 40, in: folder),
    ]
    let command = [Program.path(words[0])] + words.dropFirst().map { names[$0] ?? $0 }
    // Stopped as soon as it has mapped the file, so that the change comes in the middle however fast it is.
    let result = try Program.shell(
      """
      "$0" "$@" &
      until grep -q "\(victim)" /proc/$!/maps || ! kill -0 $!; do :; done 2> /dev/null
      kill -STOP $! 2> /dev/null
      truncate -s 4096 "\(victim)"
      kill -CONT $! 2> /dev/null
      wait $!
      """, command)
    let errors = result.errors.split(separator: "\n").filter { $0.hasPrefix("Error: ") }
    // One that was through before is fine.
    if result.status == 0 { return }
    #expect(result.status == 1 && errors.count == 1 && result.errors.contains(victim), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
  }
}
