/// Figures of one operating point, measured, with the set they were measured on.
public struct MeasuredFigures: Equatable, Sendable {
  /// Number of samples.
  public var samples = 0
  /// Share of greedy answers that match exactly, in [0, 1]; NaN where the set has no answers.
  public var accuracy = 0.0
  /// 95 % bootstrap interval of the accuracy.
  public var accuracyInterval = [0.0, 0.0]
  /// Dense accuracy on the same samples.
  public var denseAccuracy = 0.0
  /// Mean KL(dense || this) over answer positions, nats.
  public var divergence = 0.0
  /// 95 % bootstrap interval of the divergence.
  public var divergenceInterval = [0.0, 0.0]
  /// Share of samples whose greedy tokens equal the dense model's.
  public var agreement = 0.0
  /// Mean visual tokens that the layers after the prune layer see.
  public var visualKept = 0.0
  /// Median seconds to read and prepare the pictures of a question and to run the tower over them.
  public var imageSeconds = 0.0
  /// Median seconds of the tower and the projector, a part of `imageSeconds`.
  public var visionSeconds = 0.0
  /// Median seconds to read and prepare the pictures and to run the tower over them of dense, measured in the same run; 0
  /// where nothing of it is left out.
  public var denseImageSeconds = 0.0
  /// Mean visual tokens of dense's prompt; 0 where a picture has as many at this point.
  public var denseVisualTokens = 0.0
  /// Median seconds of prefill, selection included.
  public var prefillSeconds = 0.0
  /// Median seconds of prefill of dense, measured in the same run.
  public var densePrefillSeconds = 0.0
  /// Median seconds of selection: the choice of tokens and of KV entries.
  public var selectionSeconds = 0.0
  /// Mean seconds to decode one token.
  public var decodeSecondsPerToken = 0.0
  /// Mean seconds to decode one token of dense, measured in the same run.
  public var denseDecodeSecondsPerToken = 0.0
  /// Mean KV cache bytes at the end of prefill.
  public var kvBytes = 0.0
  /// Mean KV cache bytes of dense.
  public var denseKVBytes = 0.0
  /// Visual KV entries as a share of dense.
  public var visualEntryShare = 1.0
  /// Mean decoder FLOPs of prefill.
  public var decoderFLOPs = 0.0
  /// Mean decoder FLOPs of prefill of dense.
  public var denseDecoderFLOPs = 0.0

  /// All zero.
  public init() {}

  /// Seconds from the pictures to the first token.
  public var firstTokenSeconds: Double { imageSeconds + prefillSeconds }
  /// The same of dense, measured in the same run.
  public var denseFirstTokenSeconds: Double {
    (denseImageSeconds > 0 ? denseImageSeconds : imageSeconds) + densePrefillSeconds
  }

  /// Whether times were measured, and not left to the box where the plan will run.
  public var hasTimes: Bool { prefillSeconds > 0 }

  /// Leaves all times at 0, as where none were measured.
  public mutating func forgetTimes() {
    (imageSeconds, visionSeconds, denseImageSeconds) = (0, 0, 0)
    (prefillSeconds, densePrefillSeconds, selectionSeconds) = (0, 0, 0)
    (decodeSecondsPerToken, denseDecodeSecondsPerToken) = (0, 0)
  }
}
