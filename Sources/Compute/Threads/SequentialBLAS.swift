import COpenBLAS
import Synchronization

/// Keeps OpenBLAS on the calling thread while a product runs: products are split among a pool's threads, and two sets of
/// threads would compete for the cores.
///
/// The setting is the process's, so it is put back as it was when the last product that runs at the time ends.
enum SequentialBLAS {
  private struct State {
    var users = 0
    var threadsBefore: Int32 = 1
  }

  private static let state = Mutex(State())

  /// Runs `body` with OpenBLAS on one thread.
  static func run(_ body: () -> Void) {
    state.withLock { state in
      if state.users == 0 {
        state.threadsBefore = openblas_get_num_threads()
        if state.threadsBefore != 1 { openblas_set_num_threads(1) }
      }
      state.users += 1
    }
    body()
    state.withLock { state in
      state.users -= 1
      if state.users == 0, state.threadsBefore != 1 { openblas_set_num_threads(state.threadsBefore) }
    }
  }
}
