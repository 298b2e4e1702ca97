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
    id = sample.id
    image = sample.images.joined(separator: "\n")
    task = sample.task ?? "all"
    correct = sample.answer.map { $0 == context.model.text(of: outcome.tokens) }
    divergence = reference.distributions.divergence(ofReduced: outcome.logits)
    agrees = outcome.tokens == reference.answer
    answerLength = reference.answer.count
    imageSeconds = prompt.imageSeconds + prompt.visionSeconds
    visionSeconds = prompt.visionSeconds
    prefillSeconds = outcome.prefillSeconds
    selectionSeconds = outcome.counts.selectionSeconds
    decodeSeconds = outcome.decodeSeconds
    decodeSteps = outcome.tokens.count - 1
    kvBytes = outcome.counts.cacheBytes
    visualKept = outcome.counts.visualKept
    denseVisual = dense.rows.rows.visualCount
    visualEntryShare = outcome.counts.visualEntryShare(of: denseVisual)
    wasToPrune = settings.asksToRemove(
      visual: outcome.visual, images: sample.images.count, layers: context.model.text.layers)
    isWhole = visualKept == outcome.visual && visualEntryShare >= 1
    decoderFLOPs = OperationCounter(context.model.text).prefill(
      text: outcome.length - outcome.visual, visual: outcome.visual, kept: outcome.counts.visualKept,
      settings: settings)
  }
}
