import ArgumentParser
import Calibration
import Inference

/// The option of every verb that calibrates or searches: to say only what that would take.
struct EstimateArguments: ParsableArguments {
  @Flag(
    help: """
      Only say how long each stage will take on this machine, and how much memory and disk: time parts of the work on a \
      few samples, and write nothing.
      """)
  var estimate = false

  /// Throws where an estimate is asked for together with what is to become of a state, which it leaves alone.
  func check(_ resumption: ResumeArguments) throws {
    guard estimate, resumption.resume || resumption.restart else { return }
    throw ValidationError(
      "--estimate leaves alone what an interrupted run left: it takes no "
        + "--\(resumption.resume ? "resume" : "restart").")
  }

  /// Prints what some work will take.
  ///
  /// - Parameters:
  ///   - reading: seconds that it took to get to the plan, and again takes to write each of its copies.
  ///   - fileSize: bytes of the plan.
  ///   - plans: copies of it that there will be.
  func show(
    _ parts: [WorkEstimate], reading: Double? = nil, fileSize: Int, plans: Int, room: SampleRoom, asJSON: Bool
  ) throws {
    var work = WorkEstimate()
    if let reading {
      work.stages = [StageEstimate(stage: "importing and writing", seconds: Double(1 + plans) * reading)]
    }
    work.stages += parts.flatMap(\.stages)
    // One part after the other keeps samples.
    work.sampleBytes = parts.map(\.sampleBytes).max() ?? 0
    let inMemory = min(work.sampleBytes, room.bytes)
    let table = EstimateTable(
      work: work, memoryBytes: ProcessMemory.peakResidentBytes + inMemory,
      diskBytes: plans * fileSize + work.sampleBytes - inMemory)
    try printResult(table.json, asJSON: asJSON) { table.text }
  }
}
