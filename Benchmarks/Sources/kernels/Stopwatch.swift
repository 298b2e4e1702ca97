import Glibc

/// What something takes.
struct Stopwatch {
  /// Seconds until it was done.
  let elapsed: Double
  /// Seconds that processors worked on it, all threads together. What other programs take meanwhile is not in it.
  let used: Double

  init(_ body: () -> Void) {
    let (start, work) = (Self.now(CLOCK_MONOTONIC), Self.now(CLOCK_PROCESS_CPUTIME_ID))
    body()
    used = max(Self.now(CLOCK_PROCESS_CPUTIME_ID) - work, 1e-9)
    elapsed = max(Self.now(CLOCK_MONOTONIC) - start, 1e-9)
  }

  /// How often something must run on `threads` to take about this long.
  static func repeats(filling time: Double, threads: Int, _ body: () -> Void) -> Int {
    body()
    return max(1, Int(time * Double(threads) / Stopwatch(body).used))
  }

  private static func now(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
