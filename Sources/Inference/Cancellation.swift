import Synchronization

/// Asks a run to stop, from any thread. Runs look at it between the layers of tower and decoder and between tokens.
public final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)

  /// Nobody has asked yet.
  public init() {}

  /// Asks for the end.
  public func cancel() { flag.store(true, ordering: .relaxed) }

  /// Whether somebody has asked for the end.
  public var isCancelled: Bool { flag.load(ordering: .relaxed) }

  /// Throws `InferenceError.cancelled` once somebody has asked for the end.
  public func check() throws(InferenceError) {
    if isCancelled { throw .cancelled }
  }
}
