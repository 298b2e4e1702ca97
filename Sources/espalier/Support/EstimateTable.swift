import Calibration
import Figures

/// What a compilation will take, as a table and as JSON.
struct EstimateTable {
  /// All stages in their order.
  var work: WorkEstimate
  /// Bytes in memory, the mapped weights included.
  var memoryBytes: Int
  /// Bytes on disk at the same time: working copies, the plan, and what of the samples memory has no room for.
  var diskBytes: Int

  var text: String {
    var table = TextTable(["stage", "takes about"])
    for stage in work.stages { table.append([stage.stage, Self.time(stage.seconds)]) }
    table.append(["all", Self.time(work.seconds)])
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
      "stages": .array(
        work.stages.map { .object(["stage": .string($0.stage), "seconds": .number($0.seconds)]) }),
      "seconds": .number(work.seconds), "memoryBytes": .integer(memoryBytes),
      "diskBytes": .integer(diskBytes),
    ])
  }
}
