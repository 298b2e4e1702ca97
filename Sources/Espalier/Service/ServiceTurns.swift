internal import Inference

/// Who computes: the reading of a prompt, or the decoding of answers. Either has all threads of the pool in its turn.
///
/// Decoding asks for a turn of one step. Reading takes long turns, and lends the threads between two layers once those who
/// are decoding would otherwise wait longer than they are to.
final class ServiceTurns: Sendable {
  enum Side { case reading, decoding }

  private struct State {
    var holder: Side?
    var last = Side.decoding
    /// Since when each side waits.
    var waiting: [Side: Double] = [:]

    /// Whether a side may begin: of two that wait, the one that has not been last.
    func mayBegin(_ side: Side) -> Bool {
      holder == nil && (waiting.count < 2 || last != side)
    }
  }

  private let monitor = Monitor(State())
  private let maxStall: Double

  /// Turns that keep decoding waiting for `maxStall` seconds at most, as far as layers are shorter.
  init(maxStall: Double) { self.maxStall = maxStall }

  /// Waits for a turn.
  func take(_ side: Side) {
    monitor.update { $0.waiting[side] = StageClock.now }
    monitor.wait { state -> Void? in
      guard state.mayBegin(side) else { return nil }
      state.waiting[side] = nil
      state.holder = side
      return ()
    }
  }

  /// How many sides wait for a turn.
  var waitingCount: Int { monitor.update { $0.waiting.count } }

  /// Ends a turn.
  func give(_ side: Side) {
    monitor.update {
      $0.holder = nil
      $0.last = side
    }
  }

  /// Lends the threads to decoding if it would wait too long for another piece of reading that takes as long as the last;
  /// returns the seconds that they were lent for.
  func lend(lastPiece seconds: Double) -> Double {
    let start = StageClock.now
    let isDue = monitor.update { state in
      state.waiting[.decoding].map { start - $0 + seconds > maxStall } ?? false
    }
    guard isDue else { return 0 }
    give(.reading)
    take(.reading)
    return StageClock.now - start
  }
}
