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

  /// The shim, built once.
  private static let library = Result { () throws -> String in
    let folder = try TemporaryFolder()
    nonisolated(unsafe) let kept = Unmanaged.passRetained(folder)
    _ = kept
    let source = ReferencePlan.repository.appendingPathComponent("Tests/CFaults/faults.c").path
    let built = try Program.shell(
      "for c in clang cc gcc; do command -v $c > /dev/null && exec $c -O1 -shared -fPIC \"$0\" -o \"$1\" -ldl; done",
      [source, folder.file("faults.so")])
    try #require(built.status == 0, "\(built.errors)")
    return folder.file("faults.so")
  }

  private let bench: FaultBench
  private let place: FaultPlace

  init() throws {
    bench = try FaultBench()
    place = try FaultPlace()
  }

  /// Runs a verb whose `number`th call fails; says how many calls there were.
  private func run(
    _ verb: FaultBench.Verb, _ more: [String], calls: String, at number: Int, error: String
  ) throws -> (result: ProgramResult, calls: Int) {
    let count = place.folder.path + ".count"
    defer { try? FileManager.default.removeItem(atPath: count) }
    let result = try Program.shell(
      """
      exec timeout -s KILL 120 env LD_PRELOAD="\(try Self.library.get())" FAULTS_CALLS=\(calls) FAULTS_AT=\(number) \
        FAULTS_ERROR=\(error) FAULTS_COUNT="\(count)" "$0" "$@"
      """, [Program.path(verb.program)] + place.words(verb, more))
    let text = try? String(contentsOfFile: count, encoding: .utf8)
    return (result, Int(text?.dropLast() ?? "") ?? 0)
  }

  @Test(arguments: [
    "import", "calibrate", "tune", "retime", "evaluate", "report", "trace", "explain", "verify", "run",
    "compile",
  ]) func `a call that fails is one line and costs nothing`(name: String) throws {
    let verb = try bench.verb(name)
    let more = verb.resumes ? ["--restart"] : []
    var (tried, refused) = (0, 0)
    for (calls, errors) in Self.faults {
      let whole = try run(verb, more, calls: calls, at: 0, error: "0")
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

  /// Calls to let fail.
  private func places(_ count: Int, _ verb: FaultBench.Verb) -> [Int] {
    let few = verb.name == "compile" ? 2 : 4
    if Self.all || count <= few { return count == 0 ? [] : Array(1...count) }
    return (0..<few).map { 1 + $0 * (count - 1) / (few - 1) }
  }
}
