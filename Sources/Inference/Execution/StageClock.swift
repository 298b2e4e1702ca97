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
  /// Largest resident size so far, in bytes; 0 where the system does not say.
  ///
  /// That of the program alone. What `getrusage` has is also that of the process that started it, up to the start.
  public static var peakResidentBytes: Int {
    let file = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return 0 }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &bytes, bytes.count)
    let status = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    // VmHWM:     38612 kB
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (kibibytes ?? 0) * 1024
  }
}
