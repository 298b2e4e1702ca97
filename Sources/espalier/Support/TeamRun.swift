import ArgumentParser
import Calibration
import Cluster
import Glibc
import Output

#if MPI
  import MPIRanks
#endif

/// Runs a verb in a process that a launcher started together with others.
enum TeamRun {
  /// Whether there are others.
  static var isNeeded: Bool { Launcher.processes > 1 }

  /// Runs a verb to its end and does not return. `report` says what went wrong and gives the status to end with.
  static func run(_ command: any ParsableCommand, report: (any Error) -> ExitCode) throws -> Never {
    let count = Launcher.processes
    guard let verb = command as? any TeamVerb else {
      throw ExecutionError(
        "was started \(count) times at once: only compile, calibrate and tune work together")
    }
    #if MPI
      let ranks = try MPIRanks.join(patience: verb.teamwork.rankTimeout)
      if ranks.own > 0 { Team.leaveSpeech() }
      do {
        try verb.run(as: Team(ranks: ranks))
        try StandardOutput.finish()
        try ranks.finish()
      } catch let failure as SharedFailure {
        // All know of it: the first one says it, once it has saved what it found.
        ConsoleProgress.clear()
        let status = ranks.own == 0 ? report(failure.reason).rawValue : 1
        try? ranks.finish()
        exit(status)
      } catch {
        // What all of them find out is said by the first one, which takes the others with it.
        ConsoleProgress.clear()
        if ranks.own > 0 { sleep(2) }
        ranks.abort(report(error).rawValue)
      }
      exit(0)
    #else
      throw ExecutionError(
        "was started \(count) times at once, but is built without MPI: build it with --traits MPI")
    #endif
  }
}
