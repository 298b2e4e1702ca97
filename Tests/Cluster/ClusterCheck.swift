import Cluster
import Glibc

/// One process of those that 'make test-cluster' has mpirun start: `cluster-check CHECK [RANK]`.
///
/// A check that finds something wrong ends all processes with a status that is not 0 and a line.
@main enum ClusterCheck {
  static func main() {
    #if MPI
      let arguments = CommandLine.arguments
      guard let check = Check(rawValue: arguments.count > 1 ? arguments[1] : "") else {
        fail("known checks: \(Check.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      check.run(patience: 2, culprit: arguments.count > 2 ? Int(arguments[2]) ?? 0 : 0)
    #else
      fail("this was built without the trait MPI; started were \(Launcher.processes) processes")
    #endif
  }

  /// Writes one line to standard error.
  static func tell(_ line: String) {
    let bytes = Array("error: \(line)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  /// Writes one line to standard error and ends this process alone.
  static func fail(_ line: String) -> Never {
    tell(line)
    exit(1)
  }
}
