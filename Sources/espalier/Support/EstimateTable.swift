import Calibration
import Figures

/// What a compilation will take, as a table and as JSON.
struct EstimateTable {
  /// Seconds of the stages, in their order.
  var stages: [StageEstimate]
  /// Bytes in memory, the mapped weights included.
  var memoryBytes: Int
  /// Bytes on disk at the same time: working copies, the plan, and what of the samples memory has no room for.
  var diskBytes: Int

  private var seconds: Double { stages.reduce(0) { $0 + $1.seconds } }

  var text: String {
    var table = TextTable(["stage", "takes about"])
    for stage in stages { table.append([stage.stage, Self.time(stage.seconds)]) }
    table.append(["all", Self.time(seconds)])
    return table.text
      + "\n\nmemory: \(Figure(Double(memoryBytes), .bytes)), disk: \(Figure(Double(diskBytes), .bytes))"
  }

  /// A time in the unit in which people plan with it.
  private static func time(_ seconds: Double) -> String {
    if seconds < 120 { return Figure(seconds, .seconds).description }
    return seconds < 7200 ? "\(seconds / 60, decimals: 0) min" : "\(seconds / 3600, decimals: 1) h"
  }

  var json: JSON {
    .object([
      "stages": .array(stages.map { .object(["stage": .string($0.stage), "seconds": .number($0.seconds)]) }),
      "seconds": .number(seconds), "memoryBytes": .integer(memoryBytes), "diskBytes": .integer(diskBytes),
    ])
  }
}
