internal import Inference
internal import Plan

/// Answers many requests on one model at once: they wait in a bounded queue, their prompts are read one after the other,
/// and their answers decode together, one pass over the weights for all.
///
/// An answer has the tokens that it would have alone. What was read of a prompt is kept for others that begin alike, and
/// what the vision tower made of pictures is in the model's `pictures`: where the plan's weights are rounded, neither
/// changes a single bit of an answer.
public final class Service: Sendable {
  /// What answers.
  public let model: Model
  /// How much is done at once.
  public let options: Options
  private let engine: ServiceEngine
  private let threads: [ServiceThread]

  /// Starts to serve. Throws where the system refuses the two threads that it takes beside those of the pool.
  public init(
    _ model: Model, _ options: Options = Options(), pool: ThreadPool = ThreadPool()
  ) throws(EspalierError) {
    self.model = model
    self.options = options
    let engine = ServiceEngine(model.model, options, pool.pool, pictures: model.pictures.cache)
    self.engine = engine
    let reading = ServiceThread { engine.read() }
    let decoding = ServiceThread { engine.decode() }
    threads = [reading, decoding].compactMap { $0 }
    guard threads.count == 2 else {
      engine.stop()
      for thread in threads { thread.join() }
      throw EspalierError(kind: .settings, description: "service: the system has no threads for it")
    }
  }

  /// Ends at once: whatever is at hand fails as cancelled.
  deinit {
    engine.stop()
    for thread in threads { thread.join() }
  }

  /// Takes a request in, whose events `onEvent` receives on other threads: it must return soon.
  ///
  /// Throws where the request is at fault by itself, or where it is not taken in, an error of kind `busy`. `cancel()` of what
  /// is returned ends its work within a step.
  public func submit(
    _ request: Request, onEvent: @escaping @Sendable (Event) -> Void
  ) throws(EspalierError) -> ServiceTicket {
    let job = try EspalierError.catching {
      ServiceJob(
        request, request.options.generation(for: model), at: try model.operatingPoint(request.point),
        onEvent: onEvent)
    }
    guard (1...options.parallel).contains(request.answers) else {
      throw EspalierError(
        kind: .settings, description: "answers: \(request.answers) is not within 1 ... \(options.parallel)")
    }
    if let problem = job.options.sampling.problem {
      throw EspalierError(kind: .settings, description: "sampling: \(problem)")
    }
    try engine.enqueue(job)
    return ServiceTicket(job)
  }

  /// The figures of all requests so far.
  public var figures: Figures { engine.figures }

  /// Takes no more requests in; those at hand are answered.
  public func close() { engine.close() }

  /// Waits until nothing is at hand, for so long at most; whether that is so.
  public func waitUntilIdle(_ limit: Duration) -> Bool {
    engine.waitUntilIdle(seconds: limit.inSeconds)
  }
}

/// A request that was taken in.
public struct ServiceTicket: Sendable {
  private let job: ServiceJob

  init(_ job: ServiceJob) { self.job = job }

  /// Asks for the end of the request's work; its last event is a failure of kind `cancelled`, if it has not ended before.
  public func cancel() { job.cancellation.cancel() }
}
