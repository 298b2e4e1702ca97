import Inference
import Models
public import Plan

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
  /// `onSample` is called after each sample and may throw to stop. A run that was stopped goes on from the scores of its
  /// first samples, a list a point, which `onScores` is told as they grow.
  public func evaluate(
    _ set: SampleSet, points: [OperatingPoint], from known: [[SampleScore]] = [],
    onSample: (_ done: Int, _ total: Int) throws -> Void = { _, _ in },
    onScores: ([PointScore]) throws -> Void = { _ in }
  ) throws -> [PointScore] {
    try evaluate(
      set, contenders: points.map { Contender(point: $0) }, from: known, onSample: onSample,
      onScores: onScores)
  }

  /// The same with baselines among the points.
  public func evaluate(
    _ set: SampleSet, contenders: [Contender], from known: [[SampleScore]] = [],
    onSample: (_ done: Int, _ total: Int) throws -> Void = { _, _ in },
    onScores: ([PointScore]) throws -> Void = { _ in }
  ) throws -> [PointScore] {
    let schedules = try contenders.map { try runner.context.model.schedule($0.point.settings) }
    let inputs = Set(contenders.map(\.input)).union([.whole])
    precondition(known.isEmpty || known.count == contenders.count)
    var scores = contenders.map { PointScore($0) }
    for (place, list) in known.enumerated() { for score in list { scores[place].append(score) } }
    for (index, sample) in set.samples.enumerated().dropFirst(known.first?.count ?? 0) {
      var prompts: [PictureInput: PromptRows] = [:]
      for input in inputs { prompts[input] = try runner.prompt(sample, input: input) }
      guard let whole = prompts[.whole] else { continue }
      let reference = try dense.reference(dense === runner ? whole : try dense.prompt(sample))
      for turn in contenders.indices {
        let place = (turn + index) % contenders.count
        let contender = contenders[place]
        let outcome = try runner.run(
          prompts[contender.input] ?? whole, schedule: schedules[place], answer: reference.answer)
        scores[place].append(
          SampleScore(
            sample, outcome, reference, runner.context, settings: contender.point.settings,
            visualTokens: whole.rows.visualCount))
      }
      try runner.context.model.checkUnchanged()
      try onScores(scores)
      try onSample(index + 1, set.samples.count)
    }
    return scores
  }
}

/// What one point did on one sample.
public struct SampleScore: Sendable, Codable {
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
  /// Whether the settings asked for visual tokens or KV entries to be removed.
  public var wasToPrune: Bool
  /// Whether every visual token and KV entry is still there.
  public var isWhole: Bool

  init(
    _ sample: Sample, _ outcome: SampleRunner.Outcome, _ reference: SampleRunner.Reference,
    _ context: Context, settings: PruningSettings, visualTokens: Int
  ) {
    id = sample.id
    image = sample.images.joined(separator: "\n")
    task = sample.task ?? "all"
    correct = sample.answer.map { $0 == context.model.text(of: outcome.tokens) }
    divergence = reference.distributions.divergence(ofReduced: outcome.logits)
    agrees = outcome.tokens == reference.answer
    answerLength = reference.answer.count
    prefillSeconds = outcome.prefillSeconds
    selectionSeconds = outcome.counts.selectionSeconds
    decodeSeconds = outcome.decodeSeconds
    decodeSteps = outcome.tokens.count - 1
    kvBytes = outcome.counts.cacheBytes
    visualKept = outcome.counts.visualKept
    visualEntryShare = outcome.counts.visualEntryShare(of: visualTokens)
    wasToPrune = settings.asksToRemove(
      visual: outcome.visual, images: sample.images.count, layers: context.model.text.layers)
    isWhole = visualKept == outcome.visual && visualEntryShare >= 1
    decoderFLOPs = OperationCounter(context.model.text).prefill(
      text: outcome.length - outcome.visual, visual: outcome.visual, kept: outcome.counts.visualKept,
      settings: settings)
  }
}
