/// What one context computes with: the threads of a pool, and scratch memory of its own.
///
/// Work is split so that results have the same bits for any number of threads: sums never cross a split, and the kernels
/// give each output the same bits whatever is beside it.
public final class Workers {
  /// The threads, which other contexts may use as well.
  public let pool: WorkerPool
  /// Threads that work on a job.
  public let count: Int
  private let scratch: [WorkerScratch]
  /// Activations of the product at hand.
  let quantizedRows = QuantizedRows()
  let pairedRows = PairedRows()
  /// One for each thread, which does all of its work on that thread.
  private let alone: [Workers]

  /// Workers of a pool, with scratch memory that grows as it is needed.
  public convenience init(_ pool: WorkerPool) { self.init(pool, count: pool.count) }

  private init(_ pool: WorkerPool, count: Int) {
    self.pool = pool
    self.count = count
    scratch = (0..<count).map { _ in WorkerScratch() }
    alone = count > 1 ? (0..<count).map { _ in Workers(pool, count: 1) } : []
  }

  /// Workers of a new pool.
  public convenience init(count: Int) { self.init(WorkerPool(threads: count)) }

  /// Calls `body(task, worker)` once for each task in `0 ..< tasks`, on all threads, and returns when all are done.
  ///
  /// Tasks must write to disjoint memory. `worker` names the scratch memory a task may use.
  public func perform(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    guard tasks > 1, count > 1 else {
      for task in 0..<max(0, tasks) { body(task, 0) }
      return
    }
    withoutActuallyEscaping(body) { pool.run(ClosureTasks(body: $0), tasks: tasks) }
  }

  /// Calls `body` with blocks of at most `size` of `rows` rows, on all threads, each with workers that are its thread alone:
  /// what is done to some rows in several steps stays in a processor's own cache between them.
  ///
  /// `slot`, below `count`, names memory that a block may use. Blocks are the same for any number of threads.
  public func inBlocks(
    _ rows: Int, of size: Int, _ body: (_ rows: Range<Int>, _ slot: Int, _ alone: Workers) -> Void
  ) {
    let blocks = (rows + size - 1) / size
    perform(blocks) { block, worker in
      body(block * size..<min(rows, (block + 1) * size), worker, alone.isEmpty ? self : alone[worker])
    }
  }

  /// Splits `0 ..< total` into contiguous ranges at multiples of `granularity`, when `operations` make waking the others
  /// worthwhile; otherwise the caller gets it whole.
  ///
  /// Several ranges a thread, as threads are not equally fast: some cores are slower, and others work for somebody else.
  public func split(
    _ total: Int, granularity: Int = 16, operations: Int, _ body: (_ range: Range<Int>, _ worker: Int) -> Void
  ) {
    guard let step = shareSize(total, granularity, operations) else {
      if total > 0 { body(0..<total, 0) }
      return
    }
    withoutActuallyEscaping(body) { share(ClosureRange(body: $0), total, step) }
  }

  /// The same for work that is a value: sharing it allocates nothing, which a closure would. For steps of decoding.
  func split(_ total: Int, granularity: Int = 16, operations: Int, _ work: some RangeWork) {
    guard let step = shareSize(total, granularity, operations) else {
      if total > 0 { work.run(0..<total, worker: 0) }
      return
    }
    share(work, total, step)
  }

  private func share(_ work: some RangeWork, _ total: Int, _ step: Int) {
    let parts = PartTasks(work: work, total: total, step: step)
    pool.run(parts, tasks: parts.count)
  }

  /// Elements of a range, a multiple of `granularity`; nil where the caller gets all of them.
  private func shareSize(_ total: Int, _ granularity: Int, _ operations: Int) -> Int? {
    guard count > 1, operations >= Self.worthSharing else { return nil }
    let worthwhile = max(count, min(Self.rangesPerThread * count, operations / Self.worthSharing))
    let parts = min(worthwhile, (total + granularity - 1) / granularity)
    guard parts > 1 else { return nil }
    return ((total + parts - 1) / parts + granularity - 1) / granularity * granularity
  }

  /// Multiply-adds below which waking a thread costs more than it saves: about 10 microseconds of work.
  static let worthSharing = 1 << 19
  /// At the end threads wait for the last range: for an eighth of a thread's share at most.
  private static let rangesPerThread = 8

  /// Scratch memory of a worker, at least `count` floats; valid until the worker asks for more.
  func scratch(_ worker: Int, count: Int) -> UnsafeMutablePointer<Float> {
    scratch[worker].floats(count)
  }

  /// Scratch memory of a worker for rows of `stride` pairs; valid until the worker asks for more.
  func pairScratch(_ worker: Int, rows: Int, stride: Int) -> UnsafeMutablePointer<UInt8> {
    scratch[worker].pairs.reserve(rows: rows, stride: stride)
  }
}

/// Memory of one thread for the task at hand.
private final class WorkerScratch {
  private var buffer = FloatBuffer(count: 0)
  let pairs = PairedRows()

  /// At least `count` floats, valid until the next call.
  func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    if buffer.count < count { buffer = FloatBuffer(count: count) }
    return buffer.base
  }
}
