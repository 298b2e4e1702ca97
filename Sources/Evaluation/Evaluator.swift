import Inference
import Models
public import PlanFormat

/// Measures operating points on a set: accuracy, divergence, agreement, times and sizes, each next to dense.
public struct Evaluator {
  private let runner: SampleRunner
  private let dense: SampleRunner

  /// An evaluator over a runner. Points are compared with the dense answers of `dense`, a runner over another plan of
  /// the same model, such as one whose weights are not rounded; without it, with those of their own plan.
  public init(_ runner: SampleRunner, dense: SampleRunner? = nil) {
    self.runner = runner
    self.dense = dense ?? runner
  }

  /// Runs every point on every sample of the set. Points take turns within a sample, and the order turns from sample
  /// to sample, so that a machine that slows down slows all of them alike.
  ///
  /// `onSample` is called after each sample and may throw to stop.
  public func evaluate(
    _ set: SampleSet, points: [OperatingPoint],
    onSample: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> [PointScore] {
    let schedules = try points.map { try runner.session.schedule($0.settings) }
    var scores = points.map { PointScore(point: $0) }
    for (index, sample) in set.samples.enumerated() {
      let prompt = try runner.prompt(sample)
      let reference = try dense.reference(dense === runner ? prompt : try dense.prompt(sample))
      for turn in points.indices {
        let point = (turn + index) % points.count
        let outcome = runner.run(prompt, schedule: schedules[point], answer: reference.answer)
        scores[point].append(
          SampleScore(sample, outcome, reference, runner.session, settings: points[point].settings))
      }
      try onSample(index + 1, set.samples.count)
    }
    return scores
  }
}

/// What one point did on one sample.
public struct SampleScore: Sendable {
  /// Name of the sample.
  public var id: String
  /// Picture of the sample.
  public var image: String
  /// Kind of question.
  public var task: String
  /// Whether the answer is exactly right; `nil` when the set has none.
  public var correct: Bool?
  /// Mean KL(dense || this) over the answer positions, nats.
  public var divergence: Double
  /// Whether the greedy tokens equal dense's.
  public var agrees: Bool
  /// Tokens of dense's answer.
  public var answerLength: Int
  /// Seconds of prefill.
  public var prefillSeconds: Double
  /// Seconds of selection, a part of prefill.
  public var selectionSeconds: Double
  /// Seconds of decoding.
  public var decodeSeconds: Double
  /// Decoding steps behind `decodeSeconds`.
  public var decodeSteps: Int
  /// KV bytes at the end of prefill.
  public var kvBytes: Int
  /// Visual tokens after the prune layer.
  public var visualKept: Int
  /// Visual KV entries as a share of dense.
  public var visualEntryShare: Double
  /// Decoder FLOPs of prefill.
  public var decoderFLOPs: Double

  init(
    _ sample: Sample, _ outcome: SampleRunner.Outcome, _ reference: SampleRunner.Reference,
    _ session: Session,
    settings: PruningSettings
  ) {
    id = sample.id
    image = sample.images.joined(separator: "\n")
    task = sample.task ?? "all"
    correct = sample.answer.map { $0 == session.text(of: outcome.tokens) }
    divergence = reference.distributions.divergence(ofReduced: outcome.logits)
    agrees = outcome.tokens == reference.answer
    answerLength = reference.answer.count
    prefillSeconds = outcome.prefillSeconds
    selectionSeconds = outcome.prefill.selectionSeconds
    decodeSeconds = outcome.decodeSeconds
    decodeSteps = outcome.tokens.count - 1
    kvBytes = outcome.prefill.cache.bytes
    visualKept = outcome.prefill.visualKept
    let entries = outcome.visual * session.contents.model.text.layers
    visualEntryShare = entries > 0 ? Double(outcome.prefill.cache.visualEntries) / Double(entries) : 1
    decoderFLOPs = OperationCounter(session.contents.model.text).prefill(
      text: outcome.length - outcome.visual, visual: outcome.visual, kept: outcome.prefill.visualKept,
      settings: settings)
  }
}
