import Compute
public import Inference
import Models
import Plan

extension SampleRunner {
  /// The dense run of a sample: its answer, and the distributions behind it.
  public func reference(_ prompt: PromptRows) throws -> Reference { try references([prompt])[0] }

  /// The dense runs of some samples. Their answers are found together, as a step reads the weights once for all of them;
  /// each is to the bit what it is alone.
  public func references(_ prompts: [PromptRows]) throws -> [Reference] {
    try context.model.checkUnchanged()
    let dense = try context.model.schedule(.dense)
    let runs = try prompts.map { try ReferenceRun($0, dense, context, maxTokens: maxTokens) }
    let answers = runs.map(\.answer)
    var batch = AnswerBatch(context)
    repeat {
      for answer in answers { while try answer.choose() != nil {} }
    } while batch.run(answers) > 0
    let references = runs.map { $0.reference(context) }
    try context.model.checkUnchanged()
    return references
  }
}

/// A dense run whose answer grows beside others.
private final class ReferenceRun {
  /// The answer so far.
  let answer: RunningAnswer
  /// Where it begins: on the cache that it grows in, with logits of its own.
  private let start: DecodeState

  init(_ prompt: PromptRows, _ dense: Schedule, _ context: Context, maxTokens: Int) throws(InferenceError) {
    let room = try context.model.room(behind: prompt.rows.count, limit: maxTokens)
    let prefill = try context.prefill(prompt.copy(), schedule: dense, .answering(reserve: room))
    let opened = context.startDecoding(prefill)
    start = opened.replacing(opened.cache)
    answer = RunningAnswer(try Generation(opened, in: context, GenerationOptions(maxTokens: maxTokens)))
  }

  /// What came of it, once the answer is whole.
  func reference(_ context: Context) -> SampleRunner.Reference {
    let tokens = answer.generation.tokens
    // The last token never ran.
    start.cache.forget(last: tokens.count - 1)
    let logits = context.forcedLogits(tokens, behind: start)
    return SampleRunner.Reference(answer: tokens, distributions: DenseDistributions(logits: logits))
  }
}
