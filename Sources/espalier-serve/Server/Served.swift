import Espalier
import Serving
import Synchronization

/// The model and the service behind the routes, once they are there.
final class Served: Sendable {
  /// What answers requests.
  struct Ready: Sendable {
    let model: ServedModel
    let service: Service
  }

  private enum State {
    case loading
    case ready(Ready)
    case draining
  }

  private let state = Mutex(State.loading)
  /// Replies by status.
  private let replies = Mutex<[Int: Int]>([:])

  /// The model is there.
  func didLoad(_ ready: Ready) {
    state.withLock { if case .loading = $0 { $0 = .ready(ready) } }
  }

  /// Takes no more requests.
  func drain() {
    state.withLock { state in
      if case .ready(let ready) = state { ready.service.close() }
      state = .draining
    }
  }

  /// What answers requests, or why nothing does.
  func ready() throws(RequestError) -> Ready {
    switch state.withLock({ $0 }) {
    case .ready(let ready): return ready
    case .loading: throw Self.unavailable("the model is loading", code: "loading")
    case .draining: throw Self.unavailable("the server is ending", code: "draining")
    }
  }

  private static func unavailable(_ reason: String, code: String) -> RequestError {
    var error = RequestError(503, reason, code: code)
    error.retryAfter = 1
    return error
  }

  func count(status: Int) { replies.withLock { $0[status, default: 0] += 1 } }
  var replyCounts: [Int: Int] { replies.withLock { $0 } }
}
