import Figures
import PlanFormat

extension Horizon: MethodWords {
  static var name: String { "horizon" }
  var summary: [String] { ["no visual tokens after layer \(layer)"] }
  var explanation: [String] { ["lets every visual token leave after layer \(layer)"] }
  var json: JSON { .object(["layer": .integer(layer)]) }
}
