public import Models

/// What part of the layers a prefill runs, and what it leaves room for.
public struct PrefillRange {
  /// The first layer; the prompt holds the residual stream at its input.
  public var first = 0
  /// The layer to stop before; `nil` for all.
  public var end: Int?
  /// Tokens to leave room for behind the prompt.
  public var reserve = 0
  /// A cache whose memory is used again.
  public var cache: KeyValueCache?
  /// Whether the result has the cache as it was before entries were freed, too.
  var keepsWhole = false

  /// All layers, with room for `reserve` tokens.
  public init(reserve: Int = 0) { self.reserve = reserve }

  /// Some layers.
  public init(from first: Int, to end: Int? = nil, cache: KeyValueCache? = nil) {
    self.first = first
    self.end = end
    self.cache = cache
  }
}
