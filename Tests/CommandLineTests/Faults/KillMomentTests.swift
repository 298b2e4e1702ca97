import Foundation
import TestSupport
import Testing

/// A program that is killed or interrupted at any moment leaves the old output or the new one whole, and the next run goes
/// on and leaves nothing else.
///
/// Moments are drawn from a seed. `ESPALIER_KILLS=500` asks for so many; otherwise it is a few a verb.
@Suite(.tags(.slow), .skippedWhenFast, .serialized, .endsWithin(minutes: 60)) struct KillMomentTests {
  private static let kills = ProcessInfo.processInfo.environment["ESPALIER_KILLS"].flatMap { Int($0) }
  private static let verbs = [
    "import", "compile", "calibrate", "tune", "retime", "evaluate", "report", "trace", "explain",
  ]

  private let bench: FaultBench
  private let place: FaultPlace

  init() throws {
    bench = try FaultBench()
    place = try FaultPlace()
  }

  /// What became of a run that got a signal.
  private enum Outcome: String, CaseIterable {
    /// It was through before.
    case finished
    /// The signal ended it, or it ended itself with one line.
    case killed, interrupted
  }

  @Test(arguments: verbs) func `at any moment`(name: String) throws {
    let verb = try bench.verb(name)
    var generator = SplitMix(seed: UInt64(name.utf8.reduce(0) { $0 + Int($1) }))
    let seconds = try duration(of: verb)
    let kills = Self.kills.map { ($0 + Self.verbs.count - 1) / Self.verbs.count } ?? 6
    var counts: [Outcome: Int] = [:]
    var (lost, resumed, restarted) = (0, 0, 0)
    for _ in 0..<kills {
      let signal = ["KILL", "KILL", "TERM", "INT"][Int(generator.next() % 4)]
      let moment = Double(generator.next() % 10_000) / 10_000 * seconds * 1.1
      let hadState = !states.isEmpty
      let result = try Program.shell(
        "\"$0\" \"$@\" & sleep \(moment); kill -\(signal) $! 2> /dev/null; wait $!",
        [Program.path(verb.program)] + place.words(verb, verb.resumes ? ["--resume"] : []))
      let outcome: Outcome =
        result.status == 0 ? .finished : [1, 75].contains(result.status) ? .interrupted : .killed
      counts[outcome, default: 0] += 1
      let about = "\(name), \(signal) after \(moment) of \(seconds) s: \(result.status) \(result.errors)"
      switch outcome {
      case .finished: #expect(verb.output.map(place.isWhole) ?? true, "\(about)")
      case .interrupted: #expect(result.errors.contains("Error: interrupted"), "\(about)")
      case .killed: #expect([130, 137, 143].contains(result.status), "\(about)")
      }
      if !place.isIntact(verb) { lost += 1 }
      #expect(place.isIntact(verb), "\(about)")
      // States grow from kill to kill; a run that was through has none.
      if verb.resumes {
        if outcome == .finished { #expect(states.isEmpty, "\(about)") }
        if hadState { resumed += 1 } else { restarted += 1 }
      }
      if outcome == .finished { try place.restore() }
    }
    let next = try Program.run(verb.program, place.words(verb, verb.resumes ? ["--resume"] : []))
    #expect(next.status == 0 && (verb.output.map(place.isWhole) ?? true), "\(name): \(next.errors)")
    #expect(place.leftovers.isEmpty, "\(name): \(place.leftovers)")
    let table = Outcome.allCases.map { "\(counts[$0, default: 0]) \($0.rawValue)" }.joined(separator: ", ")
    print(
      "kills: \(name): \(kills) tried, \(table), \(kills - lost) survived, \(lost) lost"
        + (verb.resumes ? "; \(resumed) went on from a state, \(restarted) had none" : ""))
  }

  private var states: [String] { place.leftovers.filter { $0.hasSuffix("-state") } }

  /// How long a run takes that nothing disturbs.
  private func duration(of verb: FaultBench.Verb) throws -> Double {
    let start = Date()
    let result = try Program.run(verb.program, place.words(verb))
    try #require(result.status == 0, "\(result.errors)")
    try place.restore()
    return Date().timeIntervalSince(start)
  }
}

/// Numbers from a seed.
private struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
