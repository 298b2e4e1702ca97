import Foundation
import Plan
import PlanFile
import Testing
import TestSupport

/// A program that is killed leaves a plan as it was, or the new one whole.
@Suite(.tags(.slow), .skippedWhenFast, .endsWithin(minutes: 5)) struct KillTests {
  private let folder: TemporaryFolder
  private var output: String { folder.file("out.h5") }

  init() throws { folder = try TemporaryFolder() }

  @Test func `kill -9 while a plan is written`() throws {
    var hits = 0
    // Later and later, until some have hit while the file was being written.
    for delay in 1...60 where hits < 3 {
      try folder.write("the old plan", to: "out.h5")
      _ = try Program.shell(
        "\"$0\" \"$@\" & sleep \(Double(delay) * 0.02); kill -9 $!; wait $!",
        [Program.path("espalier"), "import", ReferencePlan.checkpoint, "--output", output])
      // What is left behind lasts until the next writer, which removes it.
      if try hasPartialFile() { hits += 1 }
      if try !isOldPlan() {
        #expect(throws: Never.self) { try Plan(contentsOf: output, verifying: .everything) }
      }
    }
    #expect(hits > 0, "no kill came while the plan was being written")
  }

  @Test func `kill -9 while a compile calibrates`() throws {
    try folder.write("the old plan", to: "out.h5")
    let killed = try Program.shell(
      """
      "$0" "$@" &
      until test -s "\(output).calibration-state"; do
        kill -0 $! || break
        sleep 0.02
      done
      kill -9 $!
      wait $!
      """,
      [
        Program.path("espalier"), "compile", ReferencePlan.checkpoint, "--calibration",
        try Scenes.set("calibration", 3, in: folder), "--validation",
        try Scenes.set("validation", 3, in: folder), "--output", output, "--limit", "3",
      ])
    #expect(killed.status == 137, "\(killed.errors)")
    #expect(try isOldPlan())
  }

  private func isOldPlan() throws -> Bool {
    try Data(contentsOf: URL(filePath: output)) == Data("the old plan".utf8)
  }

  private func hasPartialFile() throws -> Bool {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return names.contains { $0.hasPrefix(".espalier-partial-") }
  }
}
