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

  /// Reads the command line that all processes share. The first one says what is wrong with it, and its status is that of
  /// all.
  static func parse<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch { try refuse(error) }
  }

  /// Runs a verb to its end and does not return. `report` says what went wrong and gives the status to end with.
  static func run(_ command: any ParsableCommand, report: (any Error) -> ExitCode) throws -> Never {
    let count = Launcher.processes
    guard let verb = command as? any TeamVerb else {
      try refuse(
        ExecutionError("was started \(count) times at once: only compile, calibrate and tune work together"))
    }
    #if MPI
      let processes = try MPIRanks.join(patience: verb.teamwork.rankTimeout)
      if processes.own > 0 { Team.leaveSpeech() }
      let ranks = TeamRanks(processes)
      var status: Int32 = 0
      do {
        try verb.run(as: Team(ranks: ranks))
        try StandardOutput.finish()
        try ranks.meet()
      } catch {
        ConsoleProgress.clear()
        guard ranks.part(error) else {
          // What several of them miss is said by the first one, which takes the others with it.
          if ranks.own > 0 { sleep(2) }
          let status = report(error)
          // Without the rank that is lost another run may well go on.
          processes.abort(error is ClusterError ? Interruption.status : status.rawValue)
        }
        // All know of it: the first one says it, and its status is that of the run.
        if ranks.own == 0 { status = report(SharedFailure.reason(of: error)).rawValue }
      }
      do { try processes.finish() } catch {
        if status == 0 { status = report(error).rawValue }
        processes.abort(status)
      }
      exit(status)
    #else
      try refuse(
        ExecutionError(
          "was started \(count) times at once, but is built without MPI: build it with --traits MPI"))
    #endif
  }

  private static func refuse(_ reason: any Error) throws -> Never {
    if Launcher.isFollower { exit(0) }
    throw reason
  }
}
