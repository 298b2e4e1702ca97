internal import Inference

/// Memory and threads for one sequence at a time on a model.
///
/// A context is used by one thread at a time. Several contexts on one model may run at once, each on a thread of its own.
public final class Context {
  let context: Inference.Context

  /// A context on a model; contexts may share a pool.
  public init(_ model: Model, pool: ThreadPool = ThreadPool()) {
    self.model = model
    context = Inference.Context(model.model, pool: pool.pool)
  }

  /// What runs.
  public let model: Model
}
