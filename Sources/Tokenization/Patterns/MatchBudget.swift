import Glibc

/// The processor's time that all matches of one piece of work may take together.
///
/// Each match has limits on its steps; a text may be cut into many pieces, and each of them be matched many times.
package struct MatchBudget {
  private var seconds: Double
  private var start = 0.0
  private var matches = 0

  private static let leastSeconds = 2.0
  private static let secondsPerByte = 1e-5
  /// Looking at the clock costs as much as a short match.
  private static let matchesBetweenLooks = 32

  /// A budget for a text of so many bytes, or an equal part of one that others share. It runs at once; `begin` starts
  /// it anew.
  package init(bytes: Int, sharedBy count: Int = 1) {
    seconds = (Self.leastSeconds + Self.secondsPerByte * Double(bytes)) / Double(max(1, count))
    begin()
  }

  /// Goes on after other work, perhaps on another thread.
  package mutating func begin() { start = Self.processorTime }

  /// Stops for other work.
  package mutating func end() { look() }

  /// Whether there is time for one more match.
  mutating func allowsMatch() -> Bool {
    matches += 1
    if matches % Self.matchesBetweenLooks == 0 { look() }
    return seconds > 0
  }

  private mutating func look() {
    let now = Self.processorTime
    seconds -= now - start
    start = now
  }

  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
