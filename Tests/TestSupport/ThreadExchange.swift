import Cluster
import Foundation

/// What threads give one another, round by round.
final class ThreadExchange: @unchecked Sendable {
  // All of it is touched under the lock alone.
  private let condition = NSCondition()
  private var given: [[UInt8]?]
  private var gathered: [[UInt8]] = []
  private var round = 0
  private var firstEnded: Int?
  private var firstFailed: Int?

  /// Longest wait for the others, in seconds.
  private static let patience = 60.0

  init(count: Int) { given = Array(repeating: nil, count: count) }

  func gather(_ bytes: [UInt8], from own: Int) throws(ClusterError) -> [[UInt8]] {
    condition.lock()
    defer { condition.unlock() }
    given[own] = bytes
    let current = round
    if given.allSatisfy({ $0 != nil }) {
      gathered = given.compactMap { $0 }
      given = Array(repeating: nil, count: given.count)
      round += 1
      condition.broadcast()
      return gathered
    }
    let deadline = Date(timeIntervalSinceNow: Self.patience)
    while round == current {
      if let ended = firstFailed ?? firstEnded { throw ClusterError("rank \(ended) has ended") }
      guard condition.wait(until: deadline) else {
        let missing = given.firstIndex { $0 == nil } ?? own
        throw .silent(rank: missing, host: "a thread", seconds: Int(Self.patience))
      }
    }
    return gathered
  }

  func beat() throws(ClusterError) {
    condition.lock()
    defer { condition.unlock() }
    if let firstFailed { throw ClusterError("rank \(firstFailed) has ended") }
  }

  /// Says that a thread gives nothing more.
  func end(_ own: Int, failed: Bool) {
    condition.lock()
    defer { condition.unlock() }
    firstEnded = firstEnded ?? own
    if failed { firstFailed = firstFailed ?? own }
    condition.broadcast()
  }
}
