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
  /// Whether the output of the last row alone is asked for: layers that leave nothing else behind, as they read the keys and
  /// values of others, then run on no other.
  public var needsLastRowAlone = false
  /// Whether the result has the cache as it was before entries were freed, too.
  var keepsWhole = false

  /// All layers, with room for `reserve` tokens.
  public init(reserve: Int = 0) { self.reserve = reserve }

  /// All layers, for an answer of up to `reserve` tokens.
  public static func answering(reserve: Int) -> PrefillRange {
    var range = PrefillRange(reserve: reserve)
    range.needsLastRowAlone = true
    return range
  }

  /// Some layers.
  public init(from first: Int, to end: Int? = nil, cache: KeyValueCache? = nil) {
    self.first = first
    self.end = end
    self.cache = cache
  }
}
