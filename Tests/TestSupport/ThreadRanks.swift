public import Cluster
import Dispatch
import Foundation

/// Threads that work together as processes do.
public final class ThreadRanks: Ranks {
  /// Number of threads.
  public let count: Int
  /// This thread's number, from 0.
  public let own: Int
  /// Threads that play processes on the same machine.
  public let neighbours: [Int]
  private let exchange: ThreadExchange

  private init(count: Int, own: Int, machines: Int, exchange: ThreadExchange) {
    self.count = count
    self.own = own
    neighbours = (0..<count).filter { $0 * machines / count == own * machines / count }
    self.exchange = exchange
  }

  /// Gives bytes to all threads. Throws once another has ended, or does not come for a minute.
  public func gather(_ bytes: [UInt8]) throws(ClusterError) -> [[UInt8]] {
    try exchange.gather(bytes, from: own)
  }

  /// Throws once another thread has thrown an error.
  public func beat() throws(ClusterError) { try exchange.beat() }

  /// Runs `body` on some threads at once and returns what they return, by number.
  ///
  /// The first error of a thread ends the waiting of the others and is thrown when all have ended. Of several machines
  /// each has as many threads, one behind the other.
  public static func run<Value: Sendable>(
    count: Int, machines: Int = 1, body: @escaping @Sendable (any Ranks) throws -> Value
  ) throws -> [Value] {
    let exchange = ThreadExchange(count: count)
    let results = Locked([Value?](repeating: nil, count: count))
    let error = Locked<(any Error)?>(nil)
    let ended = DispatchGroup()
    for own in 0..<count {
      ended.enter()
      let thread = Thread {
        defer { ended.leave() }
        do {
          let value = try body(ThreadRanks(count: count, own: own, machines: machines, exchange: exchange))
          results.withLock { $0[own] = value }
          exchange.end(own, failed: false)
        } catch let failure {
          error.withLock { $0 = $0 ?? failure }
          exchange.end(own, failed: true)
        }
      }
      // As much as a program's first thread has.
      thread.stackSize = 8 << 20
      thread.start()
    }
    ended.wait()
    if let error = error.withLock({ $0 }) { throw error }
    return results.withLock { $0.compactMap { $0 } }
  }
}
