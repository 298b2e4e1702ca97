import ArgumentParser
import Calibration
import Cluster
import Glibc
import Output
import Synchronization

/// The processes that run a verb together: this one alone, or those that a launcher of MPI started.
struct Team {
  let ranks: any Ranks

  /// A process that works alone.
  static var alone: Team { Team(ranks: SoleRank()) }

  /// Whether this process speaks for all, reads what an earlier run left and writes the output.
  var isFirst: Bool { ranks.own == 0 }
  /// Whether this process makes what those on its machine share.
  var isLeader: Bool { ranks.own == ranks.neighbours.first }
  /// How samples are divided.
  var share: SampleShare { .ranks(ranks) }

  /// Throws unless all say the same, which is then `what` in words.
  func checkSame(_ text: String, _ what: String) throws {
    let all = try ranks.gather(text)
    if let other = all.firstIndex(where: { $0 != all[0] }) {
      throw ExecutionError("rank \(other) has another \(what) than rank 0")
    }
  }

  private static let isQuiet = Atomic<Bool>(false)

  /// Whether this process leaves it to another one to say something.
  static var leavesSpeech: Bool { isQuiet.load(ordering: .relaxed) }

  /// From now on this process only says why it ends.
  static func leaveSpeech() { isQuiet.store(true, ordering: .relaxed) }
}

/// A verb that several processes can run together.
protocol TeamVerb: ParsableCommand {
  var teamwork: TeamArguments { get }
  func run(as team: Team) throws
}

extension TeamVerb {
  func run() throws { try run(as: .alone) }
}
