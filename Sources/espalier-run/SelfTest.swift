import Compute
import Glibc
import Output

/// What a program says of the kernels that it runs.
enum SelfTest {
  /// The version, and which kernels were chosen and why.
  static var description: String {
    let tables = KernelChoice.tables.map { table in
      let mark = table.name == KernelChoice.inUse ? "*" : table.runs ? "+" : "-"
      return "  \(mark) \(table.name): \(table.needs)"
    }
    return """
      \(ProgramVersion.current)
      kernels: \(KernelChoice.inUse), \(KernelChoice.reason)
      \(tables.joined(separator: "\n"))
      (* in use, + this processor has what they need, - it has not)
      threads: \(WorkerPool.recommendedThreads)
      """
  }

  /// Checks every table that this processor has against the portable one; throws behind the last where one disagrees.
  static func run() throws {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    // Other shapes every time; the line says which.
    let seed = UInt64(truncatingIfNeeded: time.tv_sec)
    var isSound = true
    for table in KernelChoice.tables where table.runs {
      switch KernelCheck.run(table.name, seed: seed) {
      case .success(let count):
        try StandardOutput.line("\(table.name): \(count) comparisons agree, seed \(seed)")
      case .failure(let disagreement):
        isSound = false
        try StandardOutput.line("\(disagreement), seed \(seed)")
      }
    }
    guard isSound else {
      throw ExecutionError(
        "this processor does not do what its kernels are made for: ESPALIER_KERNELS names others")
    }
  }
}
