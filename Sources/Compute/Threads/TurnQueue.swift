import CKernels
import Synchronization

/// Lets one thread at a time have something, in the order in which threads ask.
final class TurnQueue: Sendable {
  private let nextTicket = Atomic<Int>(0)
  private let serving = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let gate = ThreadGate()
  /// Looks at the turn before a thread goes to sleep: some microseconds, as most jobs are short.
  private static let spins = 128

  /// Returns when it is this thread's turn.
  func take() {
    let ticket = nextTicket.wrappingAdd(1, ordering: .relaxed).oldValue
    for _ in 0..<Self.spins {
      if serving.load(ordering: .acquiring) == ticket { return }
      espalier_pause()
    }
    // Either this thread sees the turn it was given, or the giver sees that somebody sleeps.
    sleepers.add(1, ordering: .sequentiallyConsistent)
    gate.wait { serving.load(ordering: .sequentiallyConsistent) == ticket }
    sleepers.subtract(1, ordering: .relaxed)
  }

  /// Ends the turn.
  func give() {
    serving.add(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { gate.open() }
  }
}
