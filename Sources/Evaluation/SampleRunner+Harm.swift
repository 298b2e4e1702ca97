public import Compute
import Inference
import Models
public import Plan

extension SampleRunner {
  /// What settings do to the answer to a sample; its times are left at 0.
  ///
  /// Nothing is generated unless it must be: where every token of dense's answer is the likeliest behind those before it,
  /// greedy decoding says the same; and an answer that begins otherwise than the right one is wrong.
  ///
  /// - Parameters:
  ///   - prompt: the prompt at the settings of pictures.
  ///   - whole: dense's prompt.
  public func harm(
    _ sample: Sample, _ prompt: TimedPrompt, settings: PruningSettings, reference: Reference,
    dense whole: TimedPrompt
  ) throws -> SampleScore {
    let schedule = try context.model.schedule(settings)
    let length = prompt.rows.rows.count
    let room = try context.model.room(behind: length, limit: maxTokens)
    let prefill = try context.prefill(prompt.rows.copy(), schedule: schedule, .answering(reserve: room))
    let counts = prefill.counts
    let state = context.startDecoding(prefill)
    let logits = context.forcedLogits(reference.answer, behind: state)
    let agrees = reference.isLikeliest(logits)
    var correct = sample.answer.map { $0 == context.model.text(of: reference.answer) }
    if !agrees, let answer = sample.answer { correct = try says(answer, behind: state) }
    return SampleScore(
      sample, counts: counts, reference, divergence: reference.distributions.divergence(ofReduced: logits),
      agrees: agrees, correct: correct, prompt: prompt, settings: settings, dense: whole, context)
  }

  /// Tokens without text that an answer may begin with.
  private static var mostSilence: Int { 8 }

  /// Whether greedy decoding says exactly this.
  private func says(_ answer: String, behind state: consuming DecodeState) throws -> Bool {
    var generation = try Generation(state, in: context, GenerationOptions(maxTokens: maxTokens))
    while let piece = try generation.next() {
      // White space around an answer does not count, so an answer may begin with some.
      let text = generation.text.trimmed
      let isBeginning = answer.hasPrefix(text) || text.isEmpty || text.hasPrefix(answer)
      if !piece.text.isEmpty, !isBeginning { return false }
      // Nor does any begin with more tokens that say nothing.
      if text.isEmpty, generation.tokens.count > Self.mostSilence { return false }
    }
    return context.model.text(of: generation.tokens) == answer
  }
}

extension SampleRunner.Reference {
  /// Whether each token of the answer is the likeliest by its row of `logits`, the first of equals.
  public func isLikeliest(_ logits: MatrixView) -> Bool {
    answer.indices.allSatisfy { row in
      logits.withRow(row) { values in
        let own = values[Int(answer[row])]
        return values.enumerated().allSatisfy {
          $0.element < own || $0.offset >= Int(answer[row]) && $0.element == own
        }
      }
    }
  }
}
