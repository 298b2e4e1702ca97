import Figures
import Plan

extension TokenPruning: MethodWords {
  private var place: String {
    layer == Self.promptPlace ? "before the first layer" : "after layer \(layer)"
  }

  var summary: [String] {
    let recovery = recoveryStride > 0 ? ", every \(recoveryStride.ordinal) back" : ""
    return ["keep \(Figure(keepRatio, .share)) of tokens \(place) (\(rule.rawValue)\(recovery))"]
  }

  var explanation: [String] {
    let recovery = recoveryStride > 0 ? " and takes every \(recoveryStride.ordinal) dropped one back" : ""
    return [
      "keeps \(Figure(keepRatio, .share)) of the visual tokens \(place) (rule \(rule.rawValue))" + recovery
    ]
  }

  func panel(_ fate: PatchFate) -> (title: String, shares: [Double])? {
    let title =
      layer == Self.promptPlace
      ? "tokens that enter the first layer" : "tokens that stay behind layer \(layer)"
    return (title, fate.isKept.map { $0 ? 1 : 0 })
  }
}
