import Calibration
import Evaluation
import Glibc
import Output

/// The file beside an output that keeps what an unfinished calibration has found.
struct StateFile {
  /// Where it is; `nil` where nothing can lie beside the output.
  let path: String?
  private let output: String
  private let arguments: CalibrationArguments

  /// The state of a calibration for an output. One that is there and of which nothing is said is an error: hours of work
  /// are neither dropped nor taken for something else silently.
  init(for output: String, _ arguments: CalibrationArguments) throws {
    self.output = output
    self.arguments = arguments
    path = try AtomicFile.companion(".calibration-state", of: output)
    if arguments.restart { discard() }
    if let path, isThere, !arguments.resume {
      throw CalibrationError(
        "\(path): is there from an unfinished calibration: --resume goes on from it, --restart drops it")
    }
  }

  /// Throws when a state that is to be gone on from is of another calibration, before work that takes long.
  func check(_ set: SampleSet) throws {
    guard let path, isThere else { return }
    try CalibrationState.check(path, samples: try set.digest(), options: arguments.options)
  }

  /// Runs a calibration; when it is interrupted, says what of it is kept.
  func keeping<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch is Interruption {
      guard let path, isThere else {
        throw Interruption(description: "interrupted; nothing is written to \(output), and nothing is kept")
      }
      throw Interruption(
        description: "interrupted; nothing is written to \(output): --resume goes on from \(path)")
    }
  }

  /// Removes the state, once it is of no use.
  func discard() { if let path { unlink(path) } }

  private var isThere: Bool { path.map { access($0, F_OK) == 0 } ?? false }
}
