import Compute
import Models
import Plan

/// An answer that decodes together with others.
public final class RunningAnswer {
  /// The answer so far.
  public private(set) var generation: Generation

  /// Takes over an answer that has a token to choose next.
  public init(_ generation: consuming Generation) { self.generation = generation }

  /// The next token and the text that it completes; `nil` at the end, and while the last token waits for its step.
  public func choose() throws(InferenceError) -> (token: Int32, text: String)? {
    generation.awaited == nil ? try generation.choose() : nil
  }

  fileprivate func didRun(_ logits: MatrixView, seconds: Double) {
    generation.didRun(logits, seconds: seconds)
  }
}

/// Decodes several answers on one model together: a step reads the weights once for all of them.
///
/// An answer has the same tokens beside others as alone: each row of a step has the bits that it would have by itself.
public struct AnswerBatch: ~Copyable {
  private let context: Context
  private var logits: MatrixView

  /// A batch whose answers are of contexts on the same model; `context` lends threads and memory.
  public init(_ context: Context) {
    self.context = context
    logits = MatrixView(rows: 1, columns: context.model.text.vocabulary)
  }

  /// Runs the last token of each answer that waits for it, all in one pass; how many there were.
  @discardableResult
  public mutating func run(_ answers: [RunningAnswer]) -> Int {
    let start = StageClock.now
    let step = context.step
    step.removeAll()
    for answer in answers {
      guard let token = answer.generation.awaited else { continue }
      context.model.decoder.append(
        token, at: answer.generation.state.position, answer.generation.state.cache, to: step)
    }
    guard step.count > 0 else { return 0 }
    if step.count > logits.rows { logits = MatrixView(rows: step.count, columns: logits.columns) }
    context.runStep(into: logits[rows: 0..<step.count])
    let seconds = StageClock.now - start
    var row = 0
    for answer in answers where answer.generation.awaited != nil {
      answer.didRun(logits[rows: row..<row + 1], seconds: seconds)
      row += 1
    }
    return row
  }
}
