extension Service {
  /// Sums over all requests since the start, and what is at hand now.
  public struct Figures: Sendable {
    /// Requests that were taken in.
    public var requests = 0
    /// Requests that were answered.
    public var answered = 0
    /// Requests that failed, those whose client left included.
    public var failed = 0
    /// Requests that were not taken in, as too many waited.
    public var refused = 0
    /// Requests that wait now.
    public var waiting = 0
    /// Answers that decode now.
    public var running = 0
    /// Tokens of prompts, and those of them that were not read again.
    public var promptTokens = 0, knownTokens = 0
    /// Tokens of answers.
    public var answerTokens = 0
    /// Decoding steps; each reads the weights once for all answers that run.
    public var steps = 0
    /// Pictures, and those of them that the vision tower did not run for.
    public var pictures = 0, knownPictures = 0
    /// Seconds by stage, over all requests.
    public var queue = 0.0, image = 0.0, vision = 0.0, prefill = 0.0, decode = 0.0
    /// Bytes of prompts that are kept.
    public var promptCacheBytes = 0
    /// Bytes of features of pictures that are kept.
    public var pictureCacheBytes = 0

    /// Nothing yet.
    public init() {}
  }
}
