import ArgumentParser
import Cluster

/// Options of verbs that several processes can run together.
struct TeamArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Seconds without a sign of life behind which a rank is given up, and the run with it.",
      valueName: "seconds"))
  var rankTimeout = 900.0

  @Option(
    parsing: .unconditional,
    help: "Folder for working copies of the plan, such as a disk of the node. (default: that of the output)",
    completion: .directory)
  var scratch: String?

  func validate() throws {
    guard (2...86_400).contains(rankTimeout) else {
      throw ValidationError("--rank-timeout takes 2 to 86400 seconds.")
    }
  }

  /// The file beside which a process keeps working copies for an output.
  func place(for output: String, _ team: Team) -> String {
    // Processes on several machines do not know each other's unfinished files.
    let suffix = team.ranks.count == 1 ? "" : ".rank-\(team.ranks.own)"
    guard let scratch else { return output + suffix }
    let name = output.split(separator: "/").last.map(String.init) ?? "plan.h5"
    return "\(scratch)/\(name)\(suffix)"
  }
}
