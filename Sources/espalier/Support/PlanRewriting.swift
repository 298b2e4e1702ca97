import Calibration
import Evaluation
import Foundation
import Inference
import PlanFormat

/// Calibration and tuning of an opened plan, each giving new contents for the same weights.
struct PlanWork {
  let plan: Plan
  let session: Session
  let progress = ConsoleProgress()

  init(_ path: String, _ engine: EngineOptions) throws {
    plan = try Plan(contentsOf: path)
    session = try Session(plan, threads: engine.count, cachePrecision: engine.cache)
  }

  /// Calibrates; the state of an unfinished calibration is at `statePath`.
  func calibrate(
    _ set: SampleSet, options: CalibrationOptions, statePath: String, resuming: Bool
  ) throws -> CalibrationRecord {
    try Calibrator(session, options: options, statePath: statePath)
      .calibrate(set, weightsDigest: plan.weightsDigest, resuming: resuming, reporter: progress)
  }

  /// Tunes with a calibration, on a session that knows it.
  func tune(_ set: SampleSet, record: CalibrationRecord, _ engine: EngineOptions) throws -> [OperatingPoint] {
    var contents = plan.contents
    contents.calibration = record
    let calibrated = try Session(
      contents, weights: plan.weights, threads: engine.count, cachePrecision: engine.cache)
    return try Tuner(calibrated, record: record).tune(set, reporter: progress)
  }

  /// Writes the same weights with new contents; an existing file is replaced only when all is written.
  func write(_ contents: PlanContents, to path: String) throws {
    try PlanWriter.write(contents, weights: plan.weights, to: path)
  }

  /// Where the state of a calibration for this output is kept.
  static func statePath(_ output: String) -> String { output + ".calibration-state" }

  /// Removes a file that is of no further use.
  static func discard(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
