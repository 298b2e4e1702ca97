import CKernels
import Glibc
import Synchronization

/// Threads that contexts share. A context has the whole pool for one job at a time; the calling thread works as well.
///
/// Contexts on several threads may use one pool: their jobs take turns, in the order in which they were asked for. A
/// job that starts another one on the same pool would wait for itself, and is a precondition failure.
public final class WorkerPool: Sendable {
  /// Threads that work on a job, the calling one included.
  public let count: Int
  private let board: JobBoard
  private let turns = TurnQueue()
  /// The thread whose turn it is; 0 between turns.
  private let owner = Atomic<UInt>(0)
  private let helpers: [pthread_t]
  private static let stackSize = 2 << 20

  /// Starts `threads - 1` threads, which wait without using the processor.
  ///
  /// Where the system refuses a thread, the pool has fewer: `count` says how many there are.
  public init(threads: Int = WorkerPool.recommendedThreads) {
    precondition(threads >= 1)
    let board = JobBoard()
    var helpers: [pthread_t] = []
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    // What a limit of the main thread's stack leaves would be that of every thread's.
    pthread_attr_setstacksize(&attributes, Self.stackSize)
    defer { pthread_attr_destroy(&attributes) }
    for index in 1..<threads {
      var thread = pthread_t()
      let helper = Unmanaged.passRetained(Helper(board: board, index: index))
      guard pthread_create(&thread, &attributes, { Helper.main($0) }, helper.toOpaque()) == 0 else {
        helper.release()
        break
      }
      helpers.append(thread)
    }
    self.board = board
    self.helpers = helpers
    count = helpers.count + 1
  }

  deinit {
    board.stop()
    for thread in helpers { pthread_join(thread, nil) }
  }

  /// Threads that suit this process: the cores it may run on, as two threads of one core share its units, but no more
  /// than its control group has processor time for.
  public static var recommendedThreads: Int {
    let cores = Int(espalier_cores())
    guard let quota = ProcessorQuota.current() else { return cores }
    return max(1, min(cores, Int(quota.rounded(.up))))
  }

  /// Runs every task of `work` once, on all threads, and returns when all are done.
  func run(_ work: some TaskWork, tasks: Int) {
    let caller = pthread_self()
    precondition(
      owner.load(ordering: .relaxed) != caller && !helpers.contains(caller),
      "a job cannot start another one on its own pool")
    turns.take()
    owner.store(caller, ordering: .relaxed)
    board.run(work, tasks: tasks)
    owner.store(0, ordering: .relaxed)
    turns.give()
  }

  /// What a helper thread is started with.
  private final class Helper {
    let board: JobBoard
    let index: Int

    init(board: JobBoard, index: Int) {
      self.board = board
      self.index = index
    }

    static func main(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
      guard let argument else { return nil }
      let helper = Unmanaged<Helper>.fromOpaque(argument).takeRetainedValue()
      helper.board.serve(worker: helper.index)
      return nil
    }
  }
}
