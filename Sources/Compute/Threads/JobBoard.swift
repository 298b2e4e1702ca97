import CKernels
import Glibc
import Synchronization

/// What the threads of a pool share: the current job, a counter of tasks taken, and who works on it.
///
/// A helper that has no processor when a job comes is not waited for: a job ends when its tasks are done and those who
/// joined it have left. So another process on one of the processors costs a pool the share that it takes, not all of it.
///
/// Invariant: `job`, `work` and `tasks` change only while the board is closed and nobody is in (`state`); opening it
/// publishes them, and a helper reads them only once it has joined. `work` addresses a value on the stack of `run`, which
/// waits until everybody has left. Only one thread at a time calls `run`.
final class JobBoard: @unchecked Sendable {
  typealias Job = (_ work: UnsafeRawPointer, _ task: Int, _ worker: Int) -> Void

  private var job: Job = { _, _, _ in }
  private var work: UnsafeRawPointer?
  private var tasks = 0
  private let next = Atomic<Int>(0)
  private let state = Atomic<UInt64>(State().bits)
  private let isStopped = Atomic<Bool>(false)
  private let isCallerAsleep = Atomic<Bool>(false)
  private let jobs = ThreadGate()
  private let ends = ThreadGate()
  /// Looks of a helper at the board before it goes to sleep: a few microseconds, as the next product usually follows.
  private static let helperSpins = 2048
  /// Looks of the caller at the last helpers: some microseconds awake, then as often behind whoever else wants its
  /// processor (a helper, perhaps), before it goes to sleep.
  private static let callerSpins = 128
  private static let callerYields = 256

  /// Which job is on the board, whether it may be joined, and how many helpers have: one word, changed as one.
  private struct State {
    private(set) var bits: UInt64

    init(bits: UInt64 = 0) { self.bits = bits }

    private static let open: UInt64 = 1 << 31

    var job: UInt64 { bits >> 32 }
    var isOpen: Bool { bits & Self.open != 0 }
    var helpers: UInt64 { bits & (Self.open - 1) }

    /// The next job, which nobody has joined.
    var next: State { State(bits: (job &+ 1) << 32 | Self.open) }
    /// The same with one helper more.
    var joined: State { State(bits: bits + 1) }
    /// What is taken off to close the board, and when a helper leaves.
    static let closing = open, leaving: UInt64 = 1
  }

  /// Runs all tasks of `work` on the calling thread and the helpers.
  func run<Work: TaskWork>(_ work: Work, tasks: Int) {
    withUnsafePointer(to: work) { pointer in
      run(at: pointer, tasks: tasks) { work, task, worker in
        work.assumingMemoryBound(to: Work.self).pointee.run(task: task, worker: worker)
      }
    }
  }

  private func run(at work: UnsafeRawPointer, tasks: Int, _ job: @escaping Job) {
    self.job = job
    self.work = work
    self.tasks = tasks
    next.store(0, ordering: .relaxed)
    let opened = State(bits: state.load(ordering: .relaxed)).next
    // On a processor with many cores most helpers have no part in a small job, and sleep on.
    jobs.open(waking: tasks - 1) { state.store(opened.bits, ordering: .sequentiallyConsistent) }
    takeTasks(worker: 0)
    let left = state.subtract(State.closing, ordering: .sequentiallyConsistent).newValue
    if State(bits: left).helpers > 0 { awaitHelpers() }
    self.work = nil
  }

  /// Ends the helpers once they are idle.
  func stop() {
    jobs.open { isStopped.store(true, ordering: .sequentiallyConsistent) }
  }

  /// A helper's life: job after job until the pool stops.
  func serve(worker: Int) {
    var seen = State()
    while true {
      awaitJob(after: seen)
      if isStopped.load(ordering: .acquiring) { return }
      let (isIn, found) = join()
      seen = found
      guard isIn else { continue }
      takeTasks(worker: worker)
      // Either the caller sees that this was the last one, or this thread sees that the caller sleeps.
      let left = State(bits: state.subtract(State.leaving, ordering: .sequentiallyConsistent).newValue)
      if left.helpers == 0, isCallerAsleep.load(ordering: .sequentiallyConsistent) { ends.open() }
    }
  }

  /// Joins the job on the board if it is not over; says which one it found.
  private func join() -> (isIn: Bool, State) {
    var found = State(bits: state.load(ordering: .acquiring))
    while found.isOpen {
      let (isIn, now) = state.compareExchange(
        expected: found.bits, desired: found.joined.bits, ordering: .sequentiallyConsistent)
      if isIn { return (true, found) }
      found = State(bits: now)
    }
    return (false, found)
  }

  /// Returns when another job than that one is on the board, or the pool stops.
  private func awaitJob(after seen: State) {
    func isNew() -> Bool { State(bits: state.load(ordering: .acquiring)).job != seen.job }
    for _ in 0..<Self.helperSpins where isNew() { return }
    jobs.wait { isNew() || isStopped.load(ordering: .acquiring) }
  }

  /// Waits for the helpers: awake for a while, then asleep, as another process may have their processor.
  private func awaitHelpers() {
    func areGone() -> Bool { State(bits: state.load(ordering: .sequentiallyConsistent)).helpers == 0 }
    for _ in 0..<Self.callerSpins {
      if areGone() { return }
      espalier_pause()
    }
    for _ in 0..<Self.callerYields {
      if areGone() { return }
      sched_yield()
    }
    isCallerAsleep.store(true, ordering: .sequentiallyConsistent)
    ends.wait(until: areGone)
    isCallerAsleep.store(false, ordering: .relaxed)
  }

  private func takeTasks(worker: Int) {
    guard let work else { return }
    while true {
      let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if task >= tasks { return }
      job(work, task, worker)
    }
  }
}
