extension Service {
  /// How much a service does at once, and what it may take for that.
  public struct Options: Sendable {
    /// Most answers that decode together.
    public var parallel = 4
    /// Most requests that wait.
    public var queueLimit = 64
    /// Longest time that a running answer waits for its next token while the prompt of another one is read, as far as a
    /// layer takes no longer.
    public var maxStall = Duration.milliseconds(200)
    /// Most bytes of keys and values of prompts that nobody is being answered behind, kept for those that begin alike.
    public var promptCacheBytes = 1 << 30
    /// Most bytes that all requests at hand may need together with the model and what is kept; `nil` for no limit.
    public var maxBytes: Int?

    /// Four answers at once, 64 requests that wait.
    public init() {}
  }
}
