public import Figures

/// An answer with the figures of the run.
public struct Answer: Sendable {
  /// Text without control tokens.
  public var text = ""
  /// Token ids, the stop token included.
  public var tokens: [Int32] = []
  /// Why it ended.
  public var finishReason = FinishReason.stop
  /// Operating point.
  public var point = ""
  /// Tokens of the prompt, visual ones included.
  public var promptTokens = 0
  /// Visual tokens of the prompt.
  public var visualTokens = 0
  /// What pruning left of the prompt, at the end of prefill.
  public var counts = PruningCounts()
  /// Tokens of the prompt that were known from an earlier question about the same pictures.
  public var knownTokens = 0
  /// Pictures that the tower did not run for, as their features were known.
  public var knownPictures = 0
  /// Bytes of the whole cache that is kept for the next question, beside the one that answers.
  public var heldBytes = 0
  /// Bytes of memory that the question could need at most.
  public var memoryBound = 0
  /// Seconds by stage.
  public var seconds = StageSeconds()

  /// Visual KV entries, summed over layers, as a share of dense.
  public var visualEntryShare: Double { counts.visualEntryShare(of: visualTokens) }

  /// Tokens a second while decoding; NaN when nothing was decoded.
  public var decodeTokensPerSecond: Double {
    tokens.count > 1 && seconds.decode > 0 ? Double(tokens.count - 1) / seconds.decode : .nan
  }

  /// The object that `espalier-run --json` prints.
  public var json: JSON {
    .object([
      "text": .string(text), "tokens": .integers(tokens), "point": .string(point),
      "finish_reason": .string(finishReason.rawValue),
      "counts": .object([
        "prompt": .integer(promptTokens), "visual": .integer(visualTokens),
        "visual_kept": .integer(counts.visualKept), "known": .integer(knownTokens),
        "pictures_known": .integer(knownPictures), "answer": .integer(tokens.count),
        "kv_entries_by_layer": .integers(counts.entriesByLayer),
      ]),
      "kv_bytes": .integer(counts.cacheBytes), "kv_bytes_held": .integer(heldBytes),
      "visual_kv_share": Figure(visualEntryShare, .share).json,
      "memory_bound_bytes": .integer(memoryBound),
      "peak_resident_bytes": .integer(ProcessMemory.peakResidentBytes),
      "seconds": .object([
        "load": Figure(seconds.load, .seconds).json, "image": Figure(seconds.image, .seconds).json,
        "vision": Figure(seconds.vision, .seconds).json, "prefill": Figure(seconds.prefill, .seconds).json,
        "selection": Figure(seconds.selection, .seconds).json,
        "first_token": Figure(seconds.firstToken, .seconds).json,
        "decode": Figure(seconds.decode, .seconds).json,
      ]),
      "decode_tokens_per_second": Figure(decodeTokensPerSecond, .perSecond).json,
    ])
  }
}

/// Seconds of each stage of a run.
public struct StageSeconds: Equatable, Sendable {
  /// Opening the plan and binding its weights.
  public var load = 0.0
  /// Decoding, resizing and cropping the pictures, and looking for their features where they may be known.
  public var image = 0.0
  /// Vision tower and projector; 0 where the features of all pictures were known.
  public var vision = 0.0
  /// Decoder over the prompt, choice of tokens and entries included.
  public var prefill = 0.0
  /// Choice of tokens and entries: a part of `prefill`.
  public var selection = 0.0
  /// From the picture files to the first token of the answer; loading not included.
  public var firstToken = 0.0
  /// All tokens after the first.
  public var decode = 0.0

  /// All zero.
  public init() {}
}
