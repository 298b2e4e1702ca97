import Glibc

/// Adds up the time of one stage by the monotonic clock.
public struct StageClock: Sendable {
  /// Seconds measured so far.
  public private(set) var seconds = 0.0

  /// A clock at zero.
  public init() {}

  /// Runs `body` and adds its time.
  public mutating func measure<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = Self.now
    defer { seconds += Self.now - start }
    return try body()
  }

  /// Adds the time since a moment.
  public mutating func add(since start: Double) { seconds += Self.now - start }

  /// Seconds since some fixed moment.
  public static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// Memory of this process.
public enum ProcessMemory {
  /// Largest resident size so far, in bytes.
  public static var peakResidentBytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
