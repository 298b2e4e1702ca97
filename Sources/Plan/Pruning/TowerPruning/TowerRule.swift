/// Ways to choose the tokens of a tower that stay.
public enum TowerRule: String, CaseIterable, Sendable, Codable {
  /// Those of the smallest norm of the residual stream.
  case smallestNorm = "smallest_norm"
  /// Those of the largest norm.
  case largestNorm = "largest_norm"
  /// One after the other the token that is least like those chosen, from the one nearest to the mean direction.
  case diverse
  /// Evenly spaced in raster order.
  case alternate
  /// By chance.
  case random

  /// Whether the rule looks at nothing.
  public var isBaseline: Bool { self == .alternate || self == .random }
}
