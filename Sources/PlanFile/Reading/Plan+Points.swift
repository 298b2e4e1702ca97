public import Plan
import Figures

/// Points by what people ask for.
extension Plan {
  /// The operating point of a name, or one of the front behind them. `dense` always exists.
  public func point(named name: String) throws(PlanError) -> OperatingPoint {
    if let point = (contents.points + contents.front).first(where: { $0.name == name }) { return point }
    if name == OperatingPoint.dense.name { return .dense }
    throw PlanError(
      file: path, object: "/operating_points",
      reason: "no operating point '\(name)'; there are \(pointNames.joined(separator: ", "))")
  }

  /// Names that `point(named:)` knows, `dense` among them.
  public var pointNames: [String] {
    let names = contents.points.map(\.name)
    return names.contains(OperatingPoint.dense.name) ? names : [OperatingPoint.dense.name] + names
  }

  /// Of all points and the front behind them, the one with the least divergence whose measured time from pictures to
  /// first token is within `seconds`.
  public func point(firstTokenWithin seconds: Double) throws(PlanError) -> OperatingPoint {
    let measured = (contents.points + contents.front).compactMap { point in
      point.figures.map { (point: point, figures: $0) }
    }
    guard let fastest = measured.map(\.figures.firstTokenSeconds).min() else {
      throw PlanError(
        file: path, object: "/pareto_front", reason: "has no measured point: run 'espalier tune' first")
    }
    let fitting = measured.filter { $0.figures.firstTokenSeconds <= seconds }
    guard let best = fitting.min(by: { $0.figures.divergence < $1.figures.divergence }) else {
      throw PlanError(
        file: path, object: "/pareto_front",
        reason:
          "has no point that answers within \(Figure(seconds, .seconds)); the fastest takes \(Figure(fastest, .seconds))"
      )
    }
    return best.point
  }
}
