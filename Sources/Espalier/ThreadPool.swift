internal import Compute

/// Threads to compute with. Contexts that share a pool take turns on it, a few microseconds or milliseconds each.
public final class ThreadPool: Sendable {
  let pool: WorkerPool

  /// A pool of `threads` threads, the calling one included; without a number, as many as this process has cores and
  /// processor time for. There are fewer where the system refuses some.
  public init(threads: Int? = nil) {
    pool = WorkerPool(threads: max(1, min(1024, threads ?? WorkerPool.recommendedThreads)))
  }

  /// Threads that there are.
  public var count: Int { pool.count }
}
