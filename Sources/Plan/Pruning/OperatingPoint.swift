/// Named settings of all methods with the figures that were measured for it.
public struct OperatingPoint: Equatable, Sendable {
  /// Name by which the runtime asks for it: `dense`, `quality`, `balanced`, `fast`.
  public var name: String
  /// What a run is told to do.
  public var settings: PruningSettings
  /// What was measured on the validation split; `nil` before tuning.
  public var figures: MeasuredFigures?

  /// Group of the named points.
  package static let root = "/operating_points"
  /// Group of everything measured that nothing else beats.
  package static let frontRoot = "/pareto_front"

  /// Path of the point's group.
  package func path(in root: String) -> String { "\(root)/\(name)" }

  /// Creates an operating point.
  public init(name: String, settings: PruningSettings, figures: MeasuredFigures? = nil) {
    self.name = name
    self.settings = settings
    self.figures = figures
  }
}

extension OperatingPoint {
  /// Nothing pruned, nothing measured.
  public static let dense = OperatingPoint(name: "dense", settings: .dense)
}
