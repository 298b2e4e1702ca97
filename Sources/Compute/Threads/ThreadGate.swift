import Glibc

/// A mutex and its condition: where threads sleep until another one has something for them.
///
/// Invariant: both live at fixed addresses from `init` to `deinit`, as the system demands.
final class ThreadGate: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  init() {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Sleeps until `isOpen` holds. It is looked at again after every `open`.
  func wait(until isOpen: () -> Bool) {
    pthread_mutex_lock(mutex)
    while !isOpen() { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }

  /// Makes a change that sleepers wait for, and wakes so many of them, or all.
  func open(waking count: Int = .max, _ change: () -> Void = {}) {
    pthread_mutex_lock(mutex)
    change()
    if count < Self.few {
      for _ in 0..<count { pthread_cond_signal(condition) }
    } else {
      pthread_cond_broadcast(condition)
    }
    pthread_mutex_unlock(mutex)
  }

  /// Sleepers that are woken one by one.
  private static let few = 64
}
