import Serving
import Synchronization

/// Bytes of all requests at hand, from the first byte of a body to the end of its reply: bounded, whatever clients send.
final class BodyBudget: Sendable {
  private let limit: Int
  private let used = Mutex(0)

  init(limit: Int) { self.limit = limit }

  /// Takes bytes; `false` where there is no room for them.
  fileprivate func take(_ count: Int) -> Bool {
    used.withLock { used in
      guard count <= limit - used else { return false }
      used += count
      return true
    }
  }

  fileprivate func giveBack(_ count: Int) { used.withLock { $0 -= count } }
}

/// The bytes of one request, which count for as long as this lives.
final class HeldBody: Sendable {
  private let budget: BodyBudget
  private let held = Mutex(0)

  init(_ budget: BodyBudget) { self.budget = budget }

  deinit { budget.giveBack(held.withLock { $0 }) }

  /// Counts more bytes. Throws where all requests together have too many.
  func add(_ count: Int) throws(RequestError) {
    guard budget.take(count) else {
      var error = RequestError(
        429, "the server is busy: requests at hand fill its memory", code: "rate_limit_exceeded")
      error.retryAfter = 1
      throw error
    }
    held.withLock { $0 += count }
  }
}
