import Foundation

/// A value that one thread at a time has.
///
/// Its lock is one that the thread sanitizer knows; the standard library's `Mutex` comes without instrumentation, so
/// that what it guards would be reported.
public final class Locked<Value>: @unchecked Sendable {
  // Touched by `withLock` alone, under the lock.
  private var value: Value
  private let lock = NSLock()

  /// A value nobody else has.
  public init(_ value: sending Value) { self.value = value }

  /// Lends the value.
  public func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
