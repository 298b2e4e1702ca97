import CKernels
import COpenBLAS
import Glibc
import Synchronization

/// The engine's one pool of threads. The calling thread is the first worker.
///
/// OpenBLAS is told to stay on the thread that calls it: products are split here, so that the two never compete
/// for cores. Work is split the same way on every run, so results do not depend on timing.
public final class Workers: @unchecked Sendable {
  /// Threads that work, the caller included.
  public let count: Int
  private let board: Board
  private var threads: [pthread_t] = []
  private let scratchBuffers: UnsafeMutablePointer<FloatBuffer>
  /// Activations of the product at hand.
  let quantizedRows = QuantizedRows()
  let pairedRows = PairedRows()
  private let pairBuffers: [PairedRows]

  /// Starts `count - 1` threads; they wait without using the processor.
  public init(count: Int) {
    precondition(count >= 1)
    openblas_set_num_threads(1)
    board = Board(workers: count)
    scratchBuffers = .allocate(capacity: count)
    scratchBuffers.initialize(repeating: FloatBuffer(count: 0), count: count)
    pairBuffers = (0..<count).map { _ in PairedRows() }
    for index in 1..<max(1, count) {
      var thread = pthread_t()
      let entry = Unmanaged.passRetained(Entry(board: board, index: index))
      let failure = pthread_create(&thread, nil, { Workers.main($0) }, entry.toOpaque())
      guard failure == 0 else {
        entry.release()
        break
      }
      threads.append(thread)
    }
    self.count = threads.count + 1
    board.helpers = threads.count
  }

  deinit {
    board.stop()
    for thread in threads { pthread_join(thread, nil) }
    scratchBuffers.deinitialize(count: board.capacity)
    scratchBuffers.deallocate()
  }

  /// Cores this process may run on: two threads of one core would share its units.
  public static var available: Int { Int(espalier_cores()) }

  /// Calls `body(task, worker)` once for each task in `0 ..< tasks`, on all workers, and returns when all are done.
  ///
  /// Tasks must write to disjoint memory. `worker` names the scratch memory a task may use.
  public func perform(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    guard tasks > 1, count > 1 else {
      for task in 0..<max(0, tasks) { body(task, 0) }
      return
    }
    withoutActuallyEscaping(body) { board.run(ClosureWork(body: $0), tasks: tasks) }
  }

  /// Splits `0 ..< total` into one contiguous range a worker, at multiples of `granularity`, when `operations` make
  /// waking the others worthwhile; otherwise the caller gets it whole.
  public func split(
    _ total: Int, granularity: Int = 16, operations: Int, _ body: (_ range: Range<Int>, _ worker: Int) -> Void
  ) {
    guard let step = shareSize(total, granularity, operations) else {
      if total > 0 { body(0..<total, 0) }
      return
    }
    withoutActuallyEscaping(body) { board.run(ClosureRange(body: $0), total: total, step: step) }
  }

  /// The same for work that is a value: sharing it allocates nothing, which a closure would. For steps of decoding.
  func split(_ total: Int, granularity: Int = 16, operations: Int, _ work: some RangeWork) {
    guard let step = shareSize(total, granularity, operations) else {
      if total > 0 { work.run(0..<total, worker: 0) }
      return
    }
    board.run(work, total: total, step: step)
  }

  /// Elements of a worker's range, a multiple of `granularity`; nil where the caller gets all of them.
  private func shareSize(_ total: Int, _ granularity: Int, _ operations: Int) -> Int? {
    let parts = operations < Self.worthSharing ? 1 : min(count, (total + granularity - 1) / granularity)
    guard parts > 1 else { return nil }
    return ((total + parts - 1) / parts + granularity - 1) / granularity * granularity
  }

  /// Multiply-adds below which waking a thread costs more than it saves: about 10 microseconds of work.
  static let worthSharing = 1 << 19

  /// Scratch memory of a worker, at least `count` floats; valid until the worker asks for more.
  func scratch(_ worker: Int, count: Int) -> UnsafeMutablePointer<Float> {
    if scratchBuffers[worker].count < count { scratchBuffers[worker] = FloatBuffer(count: count) }
    return scratchBuffers[worker].base
  }

  /// Scratch memory of a worker for rows of `stride` pairs; valid until the worker asks for more.
  func pairScratch(_ worker: Int, rows: Int, stride: Int) -> UnsafeMutablePointer<UInt8> {
    pairBuffers[worker].reserve(rows: rows, stride: stride)
  }

  private static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let entry = Unmanaged<Entry>.fromOpaque(argument).takeRetainedValue()
    entry.board.serve(worker: entry.index)
    return nil
  }

  private final class Entry {
    let board: Board
    let index: Int
    init(board: Board, index: Int) {
      self.board = board
      self.index = index
    }
  }
}

/// Work on any part of a range, such as the outputs of a product.
protocol RangeWork {
  func run(_ range: Range<Int>, worker: Int)
}

/// Work in numbered tasks.
private protocol TaskWork {
  func run(task: Int, worker: Int)
}

private struct ClosureWork: TaskWork {
  let body: (Int, Int) -> Void
  func run(task: Int, worker: Int) { body(task, worker) }
}

private struct ClosureRange: RangeWork {
  let body: (Range<Int>, Int) -> Void
  func run(_ range: Range<Int>, worker: Int) { body(range, worker) }
}

private struct PartWork<Work: RangeWork>: TaskWork {
  let work: Work
  let total: Int
  let step: Int

  func run(task: Int, worker: Int) {
    work.run(task * step..<min(total, (task + 1) * step), worker: worker)
  }
}

/// What the threads share: the current job, a counter of tasks taken, and who is still busy.
///
/// Invariant: `job`, `work` and `tasks` change only while every helper is idle (`busy == 0`); the store to `generation`
/// publishes them. `work` addresses a value on the stack of `run`, which waits until every helper is idle again.
fileprivate final class Board: @unchecked Sendable {
  typealias Job = (_ work: UnsafeRawPointer, _ task: Int, _ worker: Int) -> Void

  let capacity: Int
  var helpers = 0
  private var job: Job = { _, _, _ in }
  private var work: UnsafeRawPointer?
  private var tasks = 0
  private let next = Atomic<Int>(0)
  private let busy = Atomic<Int>(0)
  private let generation = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>

  init(workers: Int) {
    capacity = workers
    mutex = .allocate(capacity: 1)
    wake = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    wake.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
  }

  deinit {
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    wake.deallocate()
    mutex.deallocate()
  }

  func run(_ work: some RangeWork, total: Int, step: Int) {
    run(PartWork(work: work, total: total, step: step), tasks: (total + step - 1) / step)
  }

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
    var spins = 0
    while busy.load(ordering: .acquiring) > 0 {
      spins += 1
      if spins > 4096 { sched_yield() }
    }
    self.work = nil
  }

  func stop() {
    stopped.store(true, ordering: .releasing)
    announce()
  }

  func serve(worker: Int) {
    var seen = 0
    while true {
      seen = awaitGeneration(after: seen)
      if stopped.load(ordering: .acquiring) { return }
      takeTasks(worker: worker)
      busy.subtract(1, ordering: .acquiringAndReleasing)
    }
  }

  private func announce() {
    pthread_mutex_lock(mutex)
    generation.add(1, ordering: .releasing)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }

  /// Spins for a few microseconds, as the next product usually follows at once, then sleeps.
  private func awaitGeneration(after seen: Int) -> Int {
    for _ in 0..<2048 {
      let now = generation.load(ordering: .acquiring)
      if now != seen { return now }
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while generation.load(ordering: .acquiring) == seen { pthread_cond_wait(wake, mutex) }
    return generation.load(ordering: .acquiring)
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
