/// Named settings of all methods with the figures that were measured for it.
public struct OperatingPoint: Equatable, Sendable {
  /// Name by which the runtime asks for it: `dense`, `quality`, `balanced`, `fast`.
  public var name: String
  /// What a run is told to do.
  public var settings: PruningSettings
  /// What was measured on the validation split; `nil` before tuning.
  public var figures: MeasuredFigures?

  /// Creates an operating point.
  public init(name: String, settings: PruningSettings, figures: MeasuredFigures? = nil) {
    self.name = name
    self.settings = settings
    self.figures = figures
  }
}
