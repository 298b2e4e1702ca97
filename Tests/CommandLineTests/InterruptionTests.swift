import Foundation
import TestSupport
import Testing

/// What an interrupted verb says is true of it, and a state is never dropped or taken for another silently.
@Suite(.tags(.slow), .skippedWhenFast, .serialized, .endsWithin(minutes: 10)) struct InterruptionTests {
  private let folder: TemporaryFolder
  private var plan: String { folder.file("plan.h5") }
  private var state: String { plan + ".calibration-state" }

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: ReferencePlan.path(), toPath: plan)
  }

  @Test func `a calibration that is interrupted goes on, and only with what it was begun with`() throws {
    let set = try Scenes.set("calibration", 4, in: folder)
    let calibrate = ["calibrate", plan, "--set", set, "--limit", "3", "--ranking-limit", "2"]
    let interrupted = try Program.shell(
      "\"$0\" \"$@\" & while [ ! -s \"\(state)\" ] && kill -0 $!; do sleep 0.05; done; kill -INT $!; wait $!",
      [Program.path("espalier")] + calibrate)
    #expect(interrupted.status == 75)
    #expect(
      interrupted.errors.hasSuffix(
        "Error: interrupted; nothing is written to \(plan): --resume goes on from \(state)\n"),
      "\(interrupted.errors)")

    let other = try Scenes.set("validation", 3, in: folder)
    for (words, reason) in [
      (calibrate, "is there from an unfinished calibration: --resume goes on from it, --restart drops it"),
      (calibrate + ["--resume", "--limit", "2"], "was made with --limit 3, not 2: --restart drops it"),
      (calibrate + ["--resume", "--seed", "7"], "was made with --seed 0, not 7: --restart drops it"),
      (
        ["calibrate", plan, "--set", other, "--limit", "3", "--ranking-limit", "2", "--resume"],
        "was made with another set: --restart drops it"
      ),
    ] {
      let result = try Program.run("espalier", words)
      #expect(result.isOneError && result.errors == "Error: \(state): \(reason)\n", "\(result.errors)")
    }
    let resumed = try Program.run("espalier", calibrate + ["--resume"])
    #expect(resumed.status == 0 && !resumed.errors.contains("transport cost"), "\(resumed.errors)")
    #expect(!FileManager.default.fileExists(atPath: state))
  }

  @Test func `a state that cannot be read is an error, and restarting drops it`() throws {
    let set = try Scenes.set("calibration", 2, in: folder)
    try Data("{\"key\"".utf8).write(to: URL(filePath: state))
    let calibrate = ["calibrate", plan, "--set", set, "--limit", "1", "--ranking-limit", "1"]
    let damaged = try Program.run("espalier", calibrate + ["--resume"])
    #expect(damaged.isOneError && damaged.errors.contains("\(state): cannot be read"), "\(damaged.errors)")
    #expect(try Program.run("espalier", calibrate + ["--resume", "--restart"]).status == 64)
    let restarted = try Program.run("espalier", calibrate + ["--restart"])
    #expect(restarted.status == 0, "\(restarted.errors)")
  }

  @Test(arguments: ["INT", "TERM"]) func `a calibration that has kept nothing does not say that it goes on`(
    signal: String
  ) throws {
    let set = try Scenes.set("calibration", 40, in: folder)
    try expectInterruption(
      ["calibrate", plan, "--set", set], signal,
      "interrupted; nothing is written to \(plan), and nothing is kept", status: 75)
  }

  @Test func `other verbs say nothing of resuming`() throws {
    let set = try Scenes.set("test", 40, in: folder)
    let page = folder.file("page.html")
    try expectInterruption(["evaluate", plan, "--set", set], "INT", "interrupted")
    try expectInterruption(
      ["report", plan, "--set", set, "--output", page], "INT", "interrupted; nothing is written to \(page)")
    #expect(!FileManager.default.fileExists(atPath: page))
  }

  /// Sends a signal as soon as the program handles it.
  private func expectInterruption(_ words: [String], _ signal: String, _ message: String, status: Int32 = 1)
    throws
  {
    let result = try Program.shell(
      """
      "$0" "$@" &
      bit=$((1 << $(kill -l \(signal)) - 1))
      until ((0x$(sed -n 's/^SigCgt:[[:space:]]*//p' /proc/$!/status) & bit)); do
        kill -0 $! || break
        sleep 0.02
      done
      kill -\(signal) $!
      wait $!
      """, [Program.path("espalier")] + words)
    #expect(result.status == status && result.errors.hasSuffix("Error: \(message)\n"), "\(result.errors)")
  }
}
