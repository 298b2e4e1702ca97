import Calibration
import Cluster
import Glibc
import Synchronization

/// Ctrl-C or a request to end, taken at a safe point of the work.
struct Interruption: Error, CustomStringConvertible {
  /// What is true of the verb that was interrupted.
  var description = "interrupted"
  /// Whether the same verb with `--resume` does what is left.
  var isResumable = false

  /// The exit code of a verb that is to be run again with `--resume`: EX_TEMPFAIL of sysexits.h.
  static let status: Int32 = 75

  private static let flag = Atomic<Bool>(false)

  static var requested: Bool { flag.load(ordering: .relaxed) }

  /// Asks this process to end, as the first signal does.
  static func request() { flag.store(true, ordering: .relaxed) }

  /// Whether what ended work is that this process, or another of its team, was asked to end.
  static func isReason(of error: any Error) -> Bool {
    let reason = SharedFailure.reason(of: error)
    return reason is Interruption || (requested && reason is ClusterError)
  }

  /// From now on the first Ctrl-C, or the first request to end, asks; the second ends the process as usual. Only verbs
  /// that look at `requested` call this: others end at once, as they should.
  static func install() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&signals, number)
      signal(number) { number in
        Interruption.flag.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
    // Whoever started this may have blocked them.
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Runs work whose output is written at its end alone, and says so when it is interrupted.
  static func leaving<Result>(_ output: String, unwritten body: () throws -> Result) throws -> Result {
    do { return try body() } catch is Interruption {
      throw Interruption(description: "interrupted; nothing is written to \(output)")
    }
  }
}
