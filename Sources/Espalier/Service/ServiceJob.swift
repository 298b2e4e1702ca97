internal import Inference
internal import Plan

/// A request at hand.
///
/// Invariant: all but `cancellation` is used by the thread whose turn it is, or by the reading thread while no answer of
/// the job runs.
final class ServiceJob: @unchecked Sendable {
  let request: Service.Request
  let options: GenerationOptions
  let point: OperatingPoint
  let cancellation = Inference.Cancellation()
  private let onEvent: @Sendable (Service.Event) -> Void
  let arrival = StageClock.now
  /// When the queue was over, and when the first token came.
  var start = 0.0, first = 0.0
  var report = Service.Report()
  /// Where the prompt was read, and is kept afterwards.
  var reader: KeptReader?
  /// Features that go to the folder of the cache of pictures behind the answer.
  var opened: OpenedQuestion?
  /// Answers that wait to run.
  var answers: [ServiceAnswer] = []
  /// Answers that have not ended.
  var running = 0
  private(set) var isOver = false

  init(
    _ request: Service.Request, _ options: GenerationOptions, at point: OperatingPoint,
    onEvent: @escaping @Sendable (Service.Event) -> Void
  ) {
    self.request = request
    self.options = options
    self.point = point
    self.onEvent = onEvent
    report.point = point.name
    report.pictures = request.prompt.images.count
  }

  /// When the last token has to be there, by the clock of stages.
  private var deadline: Double { request.limit.map { arrival + $0.inSeconds } ?? .infinity }

  /// Throws once the client has left, or the time is over.
  func check() throws(InferenceError) {
    if StageClock.now > deadline { throw .late }
    try cancellation.check()
  }

  func send(_ event: Service.Event) { if !isOver { onEvent(event) } }

  /// Sends the last event.
  func end(_ event: Service.Event) {
    send(event)
    isOver = true
  }
}

/// One answer of a job on its way.
final class ServiceAnswer {
  let job: ServiceJob
  /// Its number among the job's answers.
  let index: Int
  let running: RunningAnswer

  init(_ job: ServiceJob, index: Int, _ running: RunningAnswer) {
    self.job = job
    self.index = index
    self.running = running
  }
}
