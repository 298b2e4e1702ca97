internal import Inference

/// Asks an answer to end, from any thread: between layers while pictures and prompt are read, between tokens afterwards.
public final class Cancellation: Sendable {
  let cancellation = Inference.Cancellation()

  /// Nobody has asked yet.
  public init() {}

  /// Asks for the end; the answer throws an error of kind `cancelled`.
  public func cancel() { cancellation.cancel() }
}
