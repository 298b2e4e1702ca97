import FuzzTargets
import Glibc
import Output

/// Reads many cases in a few processes at a time, says which of them end a process, and goes on behind these.
final class CaseRun {
  private let target: FuzzTarget
  private let seed: UInt64
  private let cases: Range<Int>
  private let jobs: Int
  private var next: Int
  private var running: [pid_t: (range: Range<Int>, status: CaseStatus)] = [:]
  private var done = 0
  private var accepted = 0
  private var findings = 0

  /// Cases of one process, so that none grows old.
  private static let share = 50_000

  init(_ target: FuzzTarget, seed: UInt64, cases: Range<Int>, jobs: Int) {
    self.target = target
    self.seed = seed
    self.cases = cases
    self.jobs = max(1, jobs)
    next = cases.lowerBound
  }

  /// Reads all and returns how many were bad.
  func run() -> Int {
    let start = Self.now
    var told = start
    while true {
      while running.count < jobs, next < cases.upperBound {
        let range = next..<min(next + Self.share, cases.upperBound)
        next = range.upperBound
        begin(range)
      }
      guard !running.isEmpty else { break }
      var status: Int32 = 0
      let process = waitpid(-1, &status, 0)
      guard process > 0, let (range, shared) = running.removeValue(forKey: process) else { continue }
      end(range, shared, status)
      if Self.now - told > 60 || running.isEmpty && next == cases.upperBound {
        told = Self.now
        tell(told - start)
      }
    }
    return findings
  }

  private func end(_ range: Range<Int>, _ shared: CaseStatus, _ status: Int32) {
    defer { shared.close() }
    accepted += shared.accepted
    guard !shared.isDone else {
      done += range.count
      return
    }
    let number = shared.current
    done += number + 1 - range.lowerBound
    findings += 1
    print("case \(number) of \(target) with seed \(seed): \(Self.words(status, shared))")
    fflush(nil)
    if number + 1 < range.upperBound { begin(number + 1..<range.upperBound) }
  }

  private static func words(_ status: Int32, _ shared: CaseStatus) -> String {
    if shared.grown > 0 { return "takes \(shared.grown >> 20) MiB" }
    switch status & 0x7f {
    case 0: return "ends the program with status \(status >> 8 & 0xff)"
    case SIGPROF: return "takes more than \(CaseWorker.secondsLimit) s"
    case SIGALRM: return "waits for ever"
    case let signal: return "ends the program with signal \(signal)"
    }
  }

  private func tell(_ seconds: Double) {
    print(
      "\(done) cases of \(target), \(accepted) accepted, \(findings) bad, \(Int(Double(done) / max(0.001, seconds))) a second"
    )
    fflush(nil)
  }

  private func begin(_ range: Range<Int>) {
    let shared = CaseStatus()
    let words = [
      "/proc/self/exe", "--target=\(target.rawValue)", "--cases", "\(range.count)", "--first",
      "\(range.lowerBound)",
      "--seed", "\(seed)", "--status", "\(shared.descriptor)",
    ]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    guard posix_spawn(&process, words[0], nil, nil, arguments, environ) == 0 else {
      preconditionFailure("no process can be started")
    }
    running[process] = (range, shared)
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
