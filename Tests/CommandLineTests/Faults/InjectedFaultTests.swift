import Foundation
import TestSupport
import Testing

/// Whichever call to the system fails, a verb ends with one line and 1, or goes on to the right end; the old output or the
/// new one is there whole, and the next run leaves nothing else.
///
/// `ESPALIER_FAULTS=all` lets every call fail with every error, which takes long; otherwise it is some of each kind.
@Suite(.tags(.slow), .skippedWhenFast, .endsWithin(minutes: 20)) struct InjectedFaultTests {
  private static let all = ProcessInfo.processInfo.environment["ESPALIER_FAULTS"] == "all"

  /// Calls and the errors that they fail with.
  private static let faults: [(calls: String, errors: [String])] = [
    ("write", ["\(ENOSPC)", "\(EDQUOT)", "\(EINTR)", "short"]), ("pwrite", ["\(ENOSPC)", "short", "\(EIO)"]),
    ("fsync", ["\(EIO)"]), ("rename", ["\(EIO)"]), ("ftruncate", ["\(ENOSPC)"]), ("mmap", ["\(ENOMEM)"]),
    ("openwrite", ["\(EMFILE)", "\(EACCES)"]), ("openread", ["\(EMFILE)"]),
    ("read", ["\(EIO)", "short", "\(EINTR)"]), ("pread", ["\(EIO)"]), ("flock", ["\(ENOLCK)"]),
  ]

  private let bench: FaultBench
  private let place: FaultPlace

  init() throws {
    bench = try FaultBench()
    place = try FaultPlace()
  }

  private func run(
    _ verb: FaultBench.Verb, _ more: [String], calls: String, at number: Int, error: String = "0"
  ) throws -> (result: ProgramResult, calls: Int) {
    try FaultShim.run(verb.program, place.words(verb, more), calls: calls, at: number, error: error)
  }

  @Test(arguments: [
    "import", "calibrate", "tune", "retime", "evaluate", "report", "trace", "explain", "verify", "sign",
    "run",
    "compile",
  ]) func `a call that fails is one line and costs nothing`(name: String) throws {
    let verb = try bench.verb(name)
    let more = verb.resumes ? ["--restart"] : []
    var (tried, refused) = (0, 0)
    for (calls, errors) in Self.faults {
      let whole = try run(verb, more, calls: calls, at: 0)
      #expect(whole.result.status == 0, "\(whole.result.errors)")
      for (turn, number) in places(whole.calls, verb).enumerated() {
        for error in Self.all ? errors : [errors[turn % errors.count]] {
          try place.restore()
          let (result, _) = try run(verb, more, calls: calls, at: number, error: error)
          let fault =
            "\(name), \(calls) \(number) of \(whole.calls), error \(error): \(result.status) \(result.errors)"
          tried += 1
          let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("Error: ") }
          if result.status == 0 {
            #expect(lines.isEmpty && (verb.output.map(place.isWhole) ?? true), "\(fault)")
          } else {
            refused += 1
            #expect(result.status == 1 && lines.count == 1 && place.isIntact(verb), "\(fault)")
          }
        }
      }
      let next = try Program.run(verb.program, place.words(verb, more))
      #expect(
        next.status == 0 && place.leftovers.isEmpty, "\(name), \(calls): \(place.leftovers) \(next.errors)")
    }
    print("faults: \(name): \(tried) tried, \(refused) refused in one line, \(tried - refused) right")
  }

  @Test func `where the system knows no locks, nothing of others is removed, and all goes on`() throws {
    // A file that a run elsewhere may be writing, which nobody can know here.
    let verb = try bench.verb("report")
    // Again until one is killed while it writes: it may be through before the signal comes.
    for _ in 0..<50 where place.leftovers.isEmpty {
      _ = try Program.shell(
        "\"$0\" \"$@\" & until ls -A \"\(place.folder.path)\" | grep -q partial; do kill -0 $! || break; done; kill -KILL $!; wait $!",
        [Program.path("espalier"), "import", try bench.verb("import").words[1], "--output", place.output])
    }
    try #require(place.leftovers.count == 1, "\(place.leftovers)")
    for name in ["report", "tune", "import"] {
      let verb = try bench.verb(name)
      let (result, calls) = try run(verb, [], calls: "flock", at: -1, error: "\(ENOLCK)")
      #expect(result.status == 0 && calls > 0 && verb.output.map(place.isWhole) == true, "\(result.errors)")
      #expect(place.leftovers.count == 1, "\(place.leftovers)")
    }
    #expect(try Program.run("espalier", place.words(verb)).status == 0 && place.leftovers.isEmpty)
  }

  @Test(arguments: ["import", "compile", "calibrate", "tune", "retime"])
  func `that there is no room is found before the work`(name: String) throws {
    let verb = try bench.verb(name)
    let full = try run(verb, [], calls: "statvfs", at: -1).result
    let limited = try Program.shell(
      "ulimit -f 100; exec \"$0\" \"$@\"", [Program.path("espalier")] + place.words(verb))
    for (result, reason) in [(full, "No space left on device: "), (limited, "File too large: ")] {
      #expect(result.isOneError && place.isOld, "\(result.errors)")
      #expect(
        result.errors.hasPrefix("Error: \(place.output): cannot be written: \(reason)"), "\(result.errors)")
      #expect(place.leftovers.isEmpty)
    }
  }

  /// Calls to let fail.
  private func places(_ count: Int, _ verb: FaultBench.Verb) -> [Int] {
    let few = verb.name == "compile" ? 2 : 4
    if Self.all || count <= few { return count == 0 ? [] : Array(1...count) }
    return (0..<few).map { 1 + $0 * (count - 1) / (few - 1) }
  }
}
