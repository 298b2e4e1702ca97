/// Classes of layers by visual attention mass `gamma`, and the rates they get.
public struct RetentionThresholds: Equatable, Sendable, Codable {
  /// Rate `r` of a moderate layer.
  public var rate = 0.4
  /// Step `dr`: attentive layers keep `r + dr`, indifferent ones `r - dr`.
  public var step = 0.3
  /// `alpha`: `gamma` from here on is attentive.
  public var attentive = 0.25
  /// `beta`: `gamma` up to here is indifferent.
  public var indifferent = 0.1

  /// The paper's form with the start values of the calibration.
  public init() {}

  /// Class of a layer with visual attention mass `gamma`.
  public func layerClass(of gamma: Double) -> LayerClass {
    gamma >= attentive ? .attentive : gamma <= indifferent ? .indifferent : .moderate
  }

  /// Retention rate for visual attention mass `gamma`, within [0, 1].
  public func retention(of gamma: Double) -> Double {
    switch layerClass(of: gamma) {
    case .attentive: min(1, rate + step)
    case .moderate: rate
    case .indifferent: max(0, rate - step)
    }
  }

  /// How much a layer looks at the image.
  public enum LayerClass: Int32, Sendable {
    /// `gamma <= beta`
    case indifferent = 0
    /// Between the thresholds: what the paper calls balanced.
    case moderate = 1
    /// `gamma >= alpha`
    case attentive = 2
  }
}
