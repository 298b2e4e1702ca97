import CKernels
import Glibc
import Synchronization

/// What the threads of a pool share: the current job, a counter of tasks taken, and who is still busy.
///
/// Invariant: `job`, `work` and `tasks` change only while every helper is idle (`busy == 0`); the store to `generation`
/// publishes them. `work` addresses a value on the stack of `run`, which waits until every helper is idle again. Only
/// one thread at a time calls `run`.
final class JobBoard: @unchecked Sendable {
  typealias Job = (_ work: UnsafeRawPointer, _ task: Int, _ worker: Int) -> Void

  private var helpers = 0
  private var job: Job = { _, _, _ in }
  private var work: UnsafeRawPointer?
  private var tasks = 0
  private let next = Atomic<Int>(0)
  private let busy = Atomic<Int>(0)
  private let generation = Atomic<Int>(0)
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

  /// Says how many helpers serve, before the first job.
  func start(helpers: Int) { self.helpers = helpers }

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
    busy.store(helpers, ordering: .relaxed)
    announce()
    takeTasks(worker: 0)
    awaitHelpers()
    self.work = nil
  }

  /// Ends the helpers once they are idle.
  func stop() {
    isStopped.store(true, ordering: .releasing)
    announce()
  }

  /// A helper's life: job after job until the pool stops.
  func serve(worker: Int) {
    var seen = 0
    while true {
      seen = awaitGeneration(after: seen)
      if isStopped.load(ordering: .acquiring) { return }
      takeTasks(worker: worker)
      // Either the caller sees that this was the last one, or this thread sees that the caller sleeps.
      let left = busy.subtract(1, ordering: .sequentiallyConsistent).newValue
      if left == 0, isCallerAsleep.load(ordering: .sequentiallyConsistent) { ends.open() }
    }
  }

  private func announce() {
    jobs.open { generation.add(1, ordering: .releasing) }
  }

  private func awaitGeneration(after seen: Int) -> Int {
    for _ in 0..<Self.helperSpins {
      let now = generation.load(ordering: .acquiring)
      if now != seen { return now }
    }
    jobs.wait { generation.load(ordering: .acquiring) != seen }
    return generation.load(ordering: .acquiring)
  }

  /// Waits for the helpers: awake for a while, then asleep, as another process may have their processor.
  private func awaitHelpers() {
    for _ in 0..<Self.callerSpins {
      if busy.load(ordering: .acquiring) == 0 { return }
      espalier_pause()
    }
    for _ in 0..<Self.callerYields {
      if busy.load(ordering: .acquiring) == 0 { return }
      sched_yield()
    }
    isCallerAsleep.store(true, ordering: .sequentiallyConsistent)
    ends.wait { busy.load(ordering: .sequentiallyConsistent) == 0 }
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
