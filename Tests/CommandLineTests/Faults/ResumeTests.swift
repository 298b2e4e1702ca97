import Foundation
import TestSupport
import Testing

/// What a killed tuning or compile goes on with, and that one output is one run's at a time.
@Suite(.tags(.slow), .skippedWhenFast, .serialized, .endsWithin(minutes: 10)) struct ResumeTests {
  private let bench: FaultBench
  private let place: FaultPlace

  init() throws {
    bench = try FaultBench()
    place = try FaultPlace()
  }

  private var state: String { place.output + ".tuning-state" }

  /// Runs a verb until its state of a tuning is there, and does something to it then.
  private func stopping(_ verb: FaultBench.Verb, _ more: [String], _ action: String) throws -> ProgramResult {
    try Program.shell(
      """
      "$0" "$@" &
      until [ -s "\(state)" ] || ! kill -0 $! 2> /dev/null; do :; done
      \(action)
      wait $!
      """, [Program.path("espalier")] + place.words(verb, more))
  }

  @Test(arguments: ["tune", "compile"])
  func `a tuning that was ended goes on, with what it was begun with alone`(
    name: String
  ) throws {
    let verb = try bench.verb(name)
    let long = ["--trials", "400"]
    let interrupted = try stopping(verb, long, "kill -INT $!")
    try #require(interrupted.status == 75, "\(interrupted.errors)")
    #expect(
      interrupted.errors.contains(
        "Error: interrupted; nothing is written to \(place.output): --resume goes on from "))
    #expect(interrupted.errors.hasSuffix("\(state)\n") && place.isOld)
    for (more, reason) in [
      (
        long,
        name == "tune"
          ? "is there from an unfinished tuning: --resume goes on from it"
          : "is there from an unfinished calibration"
      ),
      (["--resume", "--trials", "300"], "\(state): was made with --trials 400, not 300: --restart drops it"),
      (long + ["--resume", "--target-memory", "1GB"], "\(state): was made with other demands on the points"),
      (long + ["--resume", "--threads", "2"], "\(state): was made with --threads 1, not 2"),
    ] {
      let result = try Program.run("espalier", place.words(verb, more))
      #expect(result.status == 1 && result.errors.contains(reason), "\(result.errors)")
    }
    let killed = try stopping(verb, long + ["--resume"], "sleep 0.05; kill -KILL $!")
    #expect(killed.status == 137 || killed.status == 0, "\(killed.errors)")
    let resumed = try Program.run("espalier", place.words(verb, ["--resume"] + long))
    #expect(resumed.status == 0 && place.isWhole(.plan), "\(resumed.errors)")
    #expect(place.leftovers.isEmpty)
    // A calibration that was through is not run again.
    if name == "compile", killed.status != 0 {
      #expect(!resumed.errors.contains("horizon"), "\(resumed.errors)")
    }
  }

  @Test func `a state that cannot be read is said, and dropped on demand`() throws {
    let verb = try bench.verb("tune")
    try Data("{".utf8).write(to: URL(filePath: state))
    let refused = try Program.run("espalier", place.words(verb, ["--resume"]))
    #expect(refused.isOneError || refused.errors.contains("cannot be read as the state of a tuning"))
    let restarted = try Program.run("espalier", place.words(verb, ["--restart"]))
    #expect(restarted.status == 0 && place.leftovers.isEmpty, "\(restarted.errors)")
    #expect(try Program.run("espalier", place.words(verb, ["--restart", "--resume"])).status == 64)
  }

  @Test func `a second run to the same output is refused at once, whatever the verb`() throws {
    // The first run is stopped where it stands, so that it lasts as long as it takes.
    let others = try ["tune", "calibrate", "compile", "retime"].map { try bench.verb($0) }
    let commands = others.map { verb in
      ([Program.path("espalier")] + place.words(verb)).map { "'\($0)'" }.joined(separator: " ")
        + " 2>> \"\(place.folder.file("errors"))\"; echo $? >> \"\(place.folder.file("codes"))\""
    }
    let first = try stopping(
      bench.verb("tune"), ["--trials", "400"],
      "kill -STOP $!\n\(commands.joined(separator: "\n"))\nkill -CONT $!; kill -TERM $!")
    #expect([1, 75].contains(first.status) && first.errors.contains("interrupted"), "\(first.errors)")
    let errors = try String(contentsOfFile: place.folder.file("errors"), encoding: .utf8)
    let line = "Error: \(place.output): cannot be written: another run is at work on it\n"
    #expect(errors == String(repeating: line, count: others.count))
    #expect(try String(contentsOfFile: place.folder.file("codes"), encoding: .utf8) == "1\n1\n1\n1\n")
  }
}
