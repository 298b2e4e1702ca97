internal import Compute
internal import Inference

extension ServiceEngine {
  /// The life of the decoding thread: step after step, as long as there are answers.
  func decode() {
    var batch = AnswerBatch(Inference.Context(model, pool: pool))
    while let running = nextAnswers() {
      turns.take(.decoding)
      endThoseWhoWaitInVain()
      for answer in running { choose(answer) }
      let going = running.filter { $0.running.generation.finishReason == nil && !$0.job.isOver }
      if going.count < running.count {
        state.update { state in
          state.running.removeAll { answer in
            answer.job.isOver || answer.running.generation.finishReason != nil
          }
        }
      }
      if batch.run(going.map(\.running)) > 0 { state.update { $0.figures.steps += 1 } }
      turns.give(.decoding)
    }
  }

  /// The answers that run; waits until there are any, and is `nil` at the end.
  private func nextAnswers() -> [ServiceAnswer]? {
    state.wait { state -> [ServiceAnswer]?? in
      if !state.running.isEmpty { return state.running }
      return state.isStopped && state.waiting.isEmpty && state.reading == nil ? .some(nil) : nil
    }
  }

  /// Makes room in the queue: for those whose client has left, and whose time is over.
  private func endThoseWhoWaitInVain() {
    let over = state.update { state -> [(job: ServiceJob, error: InferenceError)] in
      var over: [(job: ServiceJob, error: InferenceError)] = []
      state.waiting.removeAll { job in
        do throws(InferenceError) {
          try job.check()
          return false
        } catch {
          over.append((job, error))
          return true
        }
      }
      return over
    }
    for (job, error) in over { end(job, error) }
  }

  /// The next token of an answer, or its end.
  private func choose(_ answer: ServiceAnswer) {
    let job = answer.job
    guard !job.isOver else { return }
    do {
      try job.check()
      guard let (token, text) = try answer.running.choose() else { return }
      if job.first == 0 {
        job.first = StageClock.now
        job.report.firstToken = job.first - job.start
      }
      job.report.answerTokens += 1
      job.send(
        .token(
          answer: answer.index,
          Service.Token(
            id: token, text: text,
            chances: answer.running.generation.chances.map(Service.Chances.init))))
      guard let reason = answer.running.generation.finishReason else { return }
      job.send(.end(answer: answer.index, Answer.FinishReason(reason)))
      try didEnd(answer)
    } catch {
      job.reader?.reader.forget()
      end(job, error)
    }
  }

  private func didEnd(_ answer: ServiceAnswer) throws {
    let job = answer.job
    // What others have decoded is in caches of their own.
    if answer.index == 0 { job.reader?.reader.didDecode(answer.running.generation.runTokens) }
    job.running -= 1
    guard job.running == 0 else { return }
    job.report.decode = StageClock.now - job.first
    try model.checkUnchanged()
    end(job)
  }
}
