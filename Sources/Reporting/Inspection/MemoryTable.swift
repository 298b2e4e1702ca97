import Figures
public import Inference
import Plan
public import PlanFile

/// The memory that a request may need at each point of a plan, as a table and as JSON.
public struct MemoryTable {
  private let request: String
  private let bounds: [(point: String, bound: MemoryBound)]

  /// The bounds of a request, which `words` describe, for each point of a plan, dense first.
  public init(
    _ request: MemoryRequest, called words: String, to model: Model, of plan: Plan
  ) throws(PlanError) {
    self.request = words
    var bounds: [(point: String, bound: MemoryBound)] = []
    for name in plan.pointNames {
      let settings = try plan.point(named: name).settings
      bounds.append((name, model.memoryBound(of: request, settings: settings)))
    }
    self.bounds = bounds
  }

  /// The bounds as an object.
  var json: JSON {
    .object([
      "request": .string(request),
      "points": .array(
        bounds.map { point, bound in
          .object(
            [("point", .string(point)), ("total_bytes", .integer(bound.total))]
              + bound.parts.map { ("\($0.name)_bytes", .integer($0.bytes)) })
        }),
    ])
  }

  /// The bounds as a table.
  var text: String {
    let names = bounds.first?.bound.parts.map { $0.name.replacing("_", with: " ") } ?? []
    var table = TextTable(["point", "at most"] + names)
    for (point, bound) in bounds {
      table.append(
        [point, Figure(Double(bound.total), .bytes).description]
          + bound.parts.map { Figure(Double($0.bytes), .bytes).description })
    }
    return "memory of a request (\(request)), at most\n" + table.text
  }
}
