internal import Compute
internal import Inference
internal import Models
internal import Plan

extension ServiceEngine {
  /// The life of the reading thread: prompt after prompt, as soon as their answers may run.
  func read() {
    let context = Inference.Context(model, pool: pool)
    while let job = nextJob() {
      job.start = StageClock.now
      job.report.queue = job.start - job.arrival
      do {
        try job.check()
        try model.checkUnchanged()
        try read(job, in: context)
      } catch {
        turns.take(.reading)
        job.reader?.reader.forget()
        end(job, error)
        turns.give(.reading)
      }
      state.update { $0.reading = nil }
    }
  }

  /// The next job, once there is room for its answers; `nil` at the end. One whose client has left needs no room.
  private func nextJob() -> ServiceJob? {
    state.wait { state -> ServiceJob?? in
      guard let job = state.waiting.first else { return state.isStopped ? .some(nil) : nil }
      guard
        job.cancellation.isCancelled || state.running.count + job.request.answers <= options.parallel
      else { return nil }
      state.waiting.removeFirst()
      state.reading = job
      return job
    }
  }

  private func read(_ job: ServiceJob, in context: Inference.Context) throws {
    let lent = LentTime(turns)
    context.cancellation = job.cancellation
    context.betweenLayers = { lent.pause() }
    var question = Question(
      images: job.request.prompt.images.map(\.source), conversation: job.request.prompt.conversation)
    question.options = job.options
    var opened = try OpenedQuestion(
      question, at: job.point.settings.picture, policy: .keep, in: context, cache: pictures)
    try makeRoom(for: opened, of: job)
    let views = job.request.showsPatches ? try opened.views() : []
    job.report.image = opened.seconds.image
    turns.take(.reading)
    var known = kept.take(point: job.point.name, digests: opened.digests, for: opened.layout)
    turns.give(.reading)
    job.reader = known
    if known == nil {
      // Decoding pictures needs no threads of the pool: whoever decodes answers has them meanwhile.
      try opened.prepare()
      job.report.image = opened.seconds.image
    }
    turns.take(.reading)
    defer { turns.give(.reading) }
    lent.resume()
    if known == nil {
      try opened.encode()
      job.opened = opened
      job.report.vision = opened.seconds.vision - lent.seconds
      let reader = PromptReader(
        context, images: opened.features, schedule: try model.schedule(job.point.settings), policy: .keep)
      known = kept.add(KeptReader(point: job.point.name, digests: opened.digests, reader))
      job.reader = known
    }
    job.report.knownPictures = opened.knownPictures
    guard let known else { return }
    try begin(job, opened.layout, behind: known, question.options, lent, in: context)
    job.report.lent = lent.seconds
    job.report.views = known.patches(of: views)
    let answers = job.answers
    job.answers = []
    state.update { $0.running += answers }
  }

  /// Reads the prompt, and has answers that wait for their first token.
  private func begin(
    _ job: ServiceJob, _ layout: PromptLayout, behind kept: KeptReader, _ options: GenerationOptions,
    _ lent: LentTime, in context: Inference.Context
  ) throws {
    let (start, lentBefore) = (StageClock.now, lent.seconds)
    // A sequence grows when it needs to: clients ask for more tokens than they get.
    let reserve = min(options.maxTokens, Self.firstReserve)
    let reading = try kept.reader.read(layout, reserve: reserve)
    job.report.count(reading)
    try job.point.checkPruning(
      reading.prefill.counts, visualTokens: reading.visual, images: job.report.pictures,
      layers: model.text.entryDepth)
    func add(_ state: consuming DecodeState, _ index: Int) throws {
      var own = options
      own.sampling.seed &+= UInt64(index)
      job.answers.append(
        ServiceAnswer(job, index: index, RunningAnswer(try Generation(state, in: context, own))))
    }
    let prefill = reading.takePrefill()
    let copies = job.request.answers - 1
    for index in 0..<copies {
      try add(context.startDecoding(prefill.copy(reserve: reserve)), index + 1)
    }
    try add(context.startDecoding(prefill), 0)
    job.running = job.answers.count
    job.report.prefill = StageClock.now - start - (lent.seconds - lentBefore)
  }

  private static let firstReserve = 256

  /// Forgets what is kept until there is memory for a job, and waits for others to end where that is not enough.
  private func makeRoom(for opened: OpenedQuestion, of job: ServiceJob) throws {
    guard let limit = options.maxBytes else { return }
    while true {
      turns.take(.reading)
      let alone = opened.memoryBound(job.point.settings, knowing: nil).total
      let free = max(0, limit - min(limit, alone + kept.usedBytes))
      opened.shrink(pictures, to: free)
      kept.shrink(to: max(0, free - pictures.bytes))
      let bound = opened.memoryBound(job.point.settings, knowing: pictures)
      let held = kept.usedBytes + kept.idleBytes
      turns.give(.reading)
      let (total, overflow) = bound.total.addingReportingOverflow(held)
      if !overflow, total <= limit { return }
      let running = state.update { $0.running.count }
      // Alone it has to fit: nobody's end would help.
      if running == 0 || bound.total > limit { return try bound.check(limit: limit - min(limit, held)) }
      while !state.wait(seconds: 1, until: { $0.running.count < running }) { try job.check() }
      try job.check()
    }
  }
}

extension Service.Report {
  fileprivate mutating func count(_ reading: borrowing PromptReader.Reading) {
    promptTokens = reading.count
    knownTokens = reading.known
    visualTokens = reading.visual
    visualKept = reading.prefill.counts.visualKept
    cacheBytes = reading.prefill.counts.cacheBytes
    selection = reading.prefill.counts.selectionSeconds
  }
}
