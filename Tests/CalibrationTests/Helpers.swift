import Compute
import Inference
import Models
import Plan
import TestSupport

@testable import Calibration
@testable import Evaluation

/// A calibration sample of the tiny model: a prompt and a fixed answer with dense's distributions behind it.
func prepared(_ context: Context, images: Int = 1, answer: [Int32] = [5, 9, 30, 12]) throws -> PreparedSample
{
  let prompt = try TinyModel.prompt(context, images: images, textAfter: 4 + Int(answer[0]) % 3)
  let dense = try context.prefill(
    prompt.copy(), schedule: Schedule(layers: 4), PrefillRange(reserve: answer.count))
  let logits = context.forcedLogits(answer, behind: context.startDecoding(dense))
  return PreparedSample(
    sample: Sample(id: "s", images: [], prompt: ""), towerWork: .none, prompt: prompt,
    reference: SampleRunner.Reference(answer: answer, distributions: DenseDistributions(logits: logits)))
}

/// Three different samples.
func preparedSet(_ context: Context) throws -> [PreparedSample] {
  try [([5, 9, 30, 12], 1), ([7], 1), ([49, 0], 2)].map { try prepared(context, images: $0.1, answer: $0.0) }
}

/// The same as a pool of one rank.
func preparedPool(_ context: Context) throws -> SamplePool {
  try SamplePool(try preparedSet(context), context)
}

/// Mean divergence of a schedule by whole runs from the embedding on.
func freshDivergence(_ samples: [PreparedSample], _ schedule: Schedule, _ context: Context) throws -> Double {
  let sum = try samples.reduce(0.0) { sum, sample in
    sum + sample.divergence(of: try context.prefill(sample.forced(context), schedule: schedule), context)
  }
  return sum / Double(samples.count)
}

/// The same with the answer fed behind a prefill of the prompt alone.
func decodedDivergence(_ samples: [PreparedSample], _ schedule: Schedule, _ context: Context) throws -> Double
{
  let sum = try samples.reduce(0.0) { sum, sample in
    let answer = sample.reference.answer
    let prefill = try context.prefill(
      sample.prompt.copy(), schedule: schedule, PrefillRange(reserve: answer.count))
    let logits = context.forcedLogits(answer, behind: context.startDecoding(prefill))
    return sum + sample.reference.distributions.divergence(ofReduced: logits)
  }
  return sum / Double(samples.count)
}

/// Stops the work after some steps.
final class StoppingProgress: ProgressReporter {
  struct Stop: Error {}
  private var left: Int
  init(after steps: Int) { left = steps }
  func begin(_ stage: String, total: Int) {}
  func advance(by steps: Int) throws {
    left -= 1
    if left < 0 { throw Stop() }
  }
  func end(_ summary: String) {}
}

/// Remembers what was reported.
final class RecordingProgress: ProgressReporter {
  private(set) var stages: [(name: String, total: Int, done: Int)] = []
  func begin(_ stage: String, total: Int) { stages.append((stage, total, 0)) }
  func advance(by steps: Int) throws { stages[stages.count - 1].done += steps }
  func end(_ summary: String) {}
}
