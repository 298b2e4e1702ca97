import Calibration
import Glibc
import Output

/// The file beside an output that keeps what unfinished work has found.
struct StateFile {
  /// What is unfinished: the last part of the file's name, and what errors call it.
  enum Work: String {
    case calibration, tuning, retiming
  }

  /// Where it is; `nil` where nothing can lie beside the output.
  let path: String?
  /// Whether what is there is gone on from.
  let resuming: Bool

  /// The state of some work for an output. One that is there and of which nothing is said is an error: hours of work are
  /// neither dropped nor taken for something else silently.
  ///
  /// Of several ranks the first one alone looks after it.
  init(_ work: Work, for output: String, _ arguments: ResumeArguments, _ team: Team = .alone) throws {
    guard team.isFirst else {
      (path, resuming) = (nil, arguments.resume)
      return
    }
    path = try AtomicFile.companion(".\(work.rawValue)-state", of: output)
    resuming = arguments.resume
    if let path { try AtomicFile.refuse(output, inputs: [path]) }
    if arguments.restart { discard() }
    if let path, isThere, !arguments.resume {
      throw CalibrationError(
        "\(path): is there from an unfinished \(work.rawValue): --resume goes on from it, --restart drops it")
    }
  }

  /// Whether something is kept.
  var isThere: Bool { path.map { access($0, F_OK) == 0 } ?? false }

  /// Removes the state, once it is of no use.
  func discard() { if let path { unlink(path) } }

  /// Runs work that keeps states for an output; when it is interrupted, says which of them there are.
  static func keeping<Result>(
    _ states: [StateFile], of output: String, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch  where Interruption.isReason(of: error) {
      let kept = states.filter(\.isThere).compactMap(\.path)
      let interruption = Interruption(
        description: "interrupted; nothing is written to \(output)"
          + (kept.isEmpty
            ? ", and nothing is kept" : ": --resume goes on from \(kept.joined(separator: " and "))"),
        isResumable: states.contains { $0.path != nil })
      throw error is SharedFailure ? SharedFailure(reason: interruption) : interruption
    }
  }
}
