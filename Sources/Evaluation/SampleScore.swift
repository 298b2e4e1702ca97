import Inference
import Models
import Plan

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
  /// Seconds to read and prepare the pictures and to run the tower over them.
  public var imageSeconds: Double
  /// Seconds of the tower and the projector, a part of `imageSeconds`.
  public var visionSeconds: Double
  /// Seconds of prefill.
  public var prefillSeconds: Double
  /// Seconds of selection, a part of prefill.
  public var selectionSeconds: Double
  /// Seconds to read and prepare the pictures.
  public var pictureSeconds: Double { imageSeconds - visionSeconds }
  /// Seconds from the pictures to the first token.
  public var firstTokenSeconds: Double { imageSeconds + prefillSeconds }
  /// Seconds of decoding.
  public var decodeSeconds: Double
  /// Decoding steps behind `decodeSeconds`.
  public var decodeSteps: Int
  /// KV bytes at the end of prefill.
  public var kvBytes: Int
  /// Visual tokens after the prune layer.
  public var visualKept: Int
  /// Visual tokens of dense's prompt.
  public var denseVisual: Int
  /// Visual KV entries as a share of dense.
  public var visualEntryShare: Double
  /// Decoder FLOPs of prefill.
  public var decoderFLOPs: Double
  /// Whether the settings asked for visual tokens or KV entries to be removed.
  public var wasToPrune: Bool
  /// Whether every visual token and KV entry is still there.
  public var isWhole: Bool

  init(
    _ sample: Sample, _ outcome: SampleRunner.Outcome, _ prompt: TimedPrompt,
    _ reference: SampleRunner.Reference, _ context: Context, settings: PruningSettings, dense: TimedPrompt
  ) {
    self.init(
      sample, counts: outcome.counts, reference,
      divergence: reference.distributions.divergence(ofReduced: outcome.logits),
      agrees: outcome.tokens == reference.answer,
      correct: sample.answer.map { $0 == context.model.text(of: outcome.tokens) }, prompt: prompt,
      settings: settings, dense: dense, context)
    imageSeconds = prompt.imageSeconds + prompt.visionSeconds
    visionSeconds = prompt.visionSeconds
    prefillSeconds = outcome.prefillSeconds
    selectionSeconds = outcome.counts.selectionSeconds
    decodeSeconds = outcome.decodeSeconds
    decodeSteps = outcome.tokens.count - 1
  }

  /// A score without times.
  init(
    _ sample: Sample, counts: PruningCounts, _ reference: SampleRunner.Reference, divergence: Double,
    agrees: Bool, correct: Bool?, prompt: TimedPrompt, settings: PruningSettings, dense: TimedPrompt,
    _ context: Context
  ) {
    id = sample.id
    image = sample.images.joined(separator: "\n")
    task = sample.task ?? "all"
    self.correct = correct
    self.divergence = divergence
    self.agrees = agrees
    answerLength = reference.answer.count
    (imageSeconds, visionSeconds, prefillSeconds, selectionSeconds) = (0, 0, 0, 0)
    (decodeSeconds, decodeSteps) = (0, 0)
    kvBytes = counts.cacheBytes
    visualKept = counts.visualKept
    denseVisual = dense.rows.rows.visualCount
    visualEntryShare = counts.visualEntryShare(of: denseVisual)
    let (visual, length) = (prompt.rows.rows.visualCount, prompt.rows.rows.count)
    wasToPrune = settings.asksToRemove(
      visual: visual, images: sample.images.count, layers: context.model.text.entryDepth)
    isWhole = visualKept == visual && visualEntryShare >= 1
    decoderFLOPs = OperationCounter(context.model.text).prefill(
      text: length - visual, visual: visual, kept: counts.visualKept, settings: settings)
  }
}

/// Seconds of the stages of an answer, as a score of many samples has them.
public struct AnswerTimes: Sendable, Codable {
  /// Seconds to read and prepare the pictures and to run the tower over them.
  public var image: Double
  /// Seconds of the tower and the projector, a part of `image`.
  public var vision: Double
  /// Seconds of prefill, selection included.
  public var prefill: Double
  /// Seconds of selection, a part of `prefill`.
  public var selection: Double
  /// Seconds of a decoding step.
  public var step: Double

  /// Creates times.
  public init(image: Double, vision: Double, prefill: Double, selection: Double, step: Double) {
    (self.image, self.vision, self.prefill, self.selection) = (image, vision, prefill, selection)
    self.step = step
  }
}

extension SampleScore {
  /// The same answer with times that were measured elsewhere.
  public func with(_ times: AnswerTimes) -> SampleScore {
    var score = self
    (score.imageSeconds, score.visionSeconds) = (times.image, times.vision)
    (score.prefillSeconds, score.selectionSeconds) = (times.prefill, times.selection)
    score.decodeSteps = max(1, answerLength - 1)
    score.decodeSeconds = times.step * Double(score.decodeSteps)
    return score
  }
}
