import ArgumentParser
import Calibration
import Cluster
import Glibc
import Output

/// Options of every verb that keeps much beside its output while it works.
struct RoomArguments: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Folder for working copies of the plan, such as a disk of the node. (default: that of the output)",
    completion: .directory)
  var scratch: String?

  @Option(
    help: ArgumentHelp(
      """
      Most memory for what is known of samples, such as 2GiB; the rest goes to a file in the folder for working copies. \
      (default: a quarter of the machine's, for all processes on it)
      """, valueName: "size"))
  var sampleMemory: TargetArguments.Bytes?

  /// The file beside which a process keeps working copies for an output.
  func place(for output: String, _ team: Team) -> String {
    // Processes on several machines do not know each other's unfinished files.
    let suffix = team.ranks.count == 1 ? "" : ".rank-\(team.ranks.own)"
    guard let scratch else { return output + suffix }
    let name = output.split(separator: "/").last.map(String.init) ?? "plan.h5"
    return "\(scratch)/\(name)\(suffix)"
  }

  /// Room for what is known of samples.
  func room(for output: String, _ team: Team) throws -> SampleRoom {
    let pages = max(1, sysconf(Int32(_SC_PHYS_PAGES))) / 4 / team.ranks.neighbours.count
    let share = pages.multipliedReportingOverflow(by: max(1, sysconf(Int32(_SC_PAGESIZE))))
    let own = share.overflow ? Int.max : share.partialValue
    return SampleRoom(
      bytes: sampleMemory.map { Int(exactly: $0.value.rounded()) ?? .max } ?? own,
      folder: try AtomicFile.scratchFolder(for: place(for: output, team)))
  }
}
