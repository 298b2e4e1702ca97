import FuzzTargets
import Glibc

/// Reads cases one after the other, in a process that a bad one may end.
struct CaseWorker {
  private let target: FuzzTarget
  private let seed: UInt64
  private let cases: Range<Int>
  private let status: CaseStatus

  /// Seconds of the processor's time for a case, and of anybody's.
  static let secondsLimit = 2
  private static let waitingLimit = 120
  /// Bytes by which the process may grow.
  static let growthLimit = 512 << 20
  /// Address space beyond what there is at the beginning; a backstop, as memory that is never touched is not counted.
  private static let addressLimit = 8 << 30

  init(_ target: FuzzTarget, seed: UInt64, cases: Range<Int>, status: Int32) {
    self.target = target
    self.seed = seed
    self.cases = cases
    self.status = CaseStatus(descriptor: status)
  }

  func run() {
    var limit = rlimit(rlim_cur: rlim_t(Self.addressLimit), rlim_max: rlim_t(Self.addressLimit))
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    var cores = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &cores)
    // What is made once is not held against a case.
    target.read([])
    for number in cases {
      status.current = number
      let bytes = CaseScript.bytes(seed: seed, number: number)
      let before = Self.peak()
      arm(Self.secondsLimit, Self.waitingLimit)
      if target.read(bytes) { status.accepted += 1 }
      let growth = Self.peak() - before
      if growth > Self.growthLimit {
        status.grown = growth
        exit(1)
      }
    }
    arm(0, 0)
    status.isDone = true
  }

  private func arm(_ seconds: Int, _ waiting: Int) {
    var busy = itimerval(it_interval: timeval(), it_value: timeval(tv_sec: seconds, tv_usec: 0))
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &busy, nil)
    var all = itimerval(it_interval: timeval(), it_value: timeval(tv_sec: waiting, tv_usec: 0))
    setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &all, nil)
  }

  /// The most that was resident.
  private static func peak() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }
}
