/// Cost `C = alpha Cf + beta Cs + gamma Ce` between visual tokens, each term scaled to [0, 1] by its own range.
public struct TransportCost: Equatable, Sendable, Codable {
  /// Weight of the feature cost `Cf(i,j) = |s_i - t_j|^2`.
  public var alpha = 1.0
  /// Weight of the spatial cost `Cs(i,j) = 1 - exp(-d(i,j)^2 / (2 sigma^2))`.
  public var beta = 1.0
  /// Weight of the central cost `Ce(i)`, the distance of source i from the image centre.
  public var gamma = 0.01
  /// Width of the spatial cost in grid units.
  public var sigma = 4.0
  /// Entropic regularisation of the transport problem.
  public var epsilon = 0.1

  /// The paper's weights for LLaVA.
  public init() {}
}
