internal import Compute
internal import Inference
internal import Plan

/// What the two threads of a service share: one reads prompts, the other decodes.
///
/// Invariant: `kept` is used only by the thread whose turn it is; everything else is constant, or behind `state`.
final class ServiceEngine: @unchecked Sendable {
  let model: Inference.Model
  let options: Service.Options
  let pool: WorkerPool
  let pictures: Inference.PictureCache
  let turns: ServiceTurns
  let state = Monitor(State())
  var kept: KeptReaders

  /// Requests by where they are, and sums over those that have been.
  struct State {
    var waiting: [ServiceJob] = []
    /// The job whose prompt is being read.
    var reading: ServiceJob?
    var running: [ServiceAnswer] = []
    var isAccepting = true
    var isStopped = false
    var figures = Service.Figures()

    var isIdle: Bool { waiting.isEmpty && reading == nil && running.isEmpty }
  }

  init(
    _ model: Inference.Model, _ options: Service.Options, _ pool: WorkerPool,
    pictures: Inference.PictureCache
  ) {
    (self.model, self.options, self.pool, self.pictures) = (model, options, pool, pictures)
    turns = ServiceTurns(maxStall: options.maxStall.inSeconds)
    kept = KeptReaders(limit: options.promptCacheBytes)
  }

  func enqueue(_ job: ServiceJob) throws(EspalierError) {
    let problem = state.update { state -> String? in
      guard state.isAccepting else { return "takes no more requests" }
      guard state.waiting.count < options.queueLimit else {
        state.figures.refused += 1
        return "has \(state.waiting.count) requests that wait"
      }
      state.waiting.append(job)
      state.figures.requests += 1
      return nil
    }
    if let problem { throw EspalierError(kind: .busy, description: "service: \(problem)") }
  }

  var figures: Service.Figures {
    var figures = state.update { state in
      var figures = state.figures
      figures.waiting = state.waiting.count + (state.reading == nil ? 0 : 1)
      figures.running = state.running.count
      return figures
    }
    figures.pictureCacheBytes = pictures.bytes
    return figures
  }

  func close() { state.update { $0.isAccepting = false } }

  func waitUntilIdle(seconds: Double) -> Bool { state.wait(seconds: seconds) { $0.isIdle } }

  /// Ends both threads; whatever is at hand fails.
  func stop() {
    state.update { state in
      state.isAccepting = false
      state.isStopped = true
      for job in state.waiting + state.running.map(\.job) { job.cancellation.cancel() }
      state.reading?.cancellation.cancel()
    }
  }

  /// Ends a job with its report, or because of an error. For the thread whose turn it is, once none of its answers runs.
  func end(_ job: ServiceJob, _ error: (any Error)? = nil) {
    if let reader = job.reader {
      job.reader = nil
      kept.giveBack(reader)
    }
    let opened = job.opened
    job.opened = nil
    let report = job.report
    let keptBytes = kept.idleBytes
    state.update { state in
      state.figures.promptCacheBytes = keptBytes
      state.figures.add(report, isAnswered: error == nil)
    }
    // Nobody who waits for an answer waits for a disk.
    job.end(error.map { .failure(EspalierError($0)) } ?? .report(report))
    opened?.save(to: pictures)
  }
}

extension Service.Figures {
  fileprivate mutating func add(_ report: Service.Report, isAnswered: Bool) {
    if isAnswered { answered += 1 } else { failed += 1 }
    promptTokens += report.promptTokens
    knownTokens += report.knownTokens
    answerTokens += report.answerTokens
    pictures += report.pictures
    knownPictures += report.knownPictures
    queue += report.queue
    image += report.image
    vision += report.vision
    prefill += report.prefill
    decode += report.decode
  }
}
