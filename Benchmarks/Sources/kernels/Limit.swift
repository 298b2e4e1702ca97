import CKernels
import Compute

/// What a kernel could reach at best.
enum Limit: String, Codable {
  /// Multiply-adds of 8-bit integers on operands in registers.
  case int8
  /// Multiply-adds of bfloat16 on operands in registers.
  case bfloat16
  /// Multiply-adds of float32 on operands in registers.
  case float
  /// Reading the weights once.
  case reading

  /// One measurement: gives the operations that a thread did. A fraction of a millisecond.
  private var round: (@Sendable () -> Double)? {
    switch self {
    case .int8: espalier_int8_operations
    case .bfloat16: espalier_bfloat16_operations
    case .float: espalier_float_operations
    case .reading: nil
    }
  }

  /// The first of the limits that this table has: the plainest tables have none for short numbers.
  static func first(_ limits: Limit...) throws -> Limit {
    guard let found = limits.first(where: { ($0.round?() ?? 0) > 0 }) else {
      throw ExecutionError("no limit is measured for these kernels")
    }
    return found
  }

  /// Operations, or bytes, a second of all workers' time, measured for about `seconds`.
  func rate(_ memory: PanelMemory?, _ workers: Workers, seconds: Double) -> Double {
    guard let round else { return memory?.readingRate(workers, seconds: seconds) ?? 0 }
    let repeats = Stopwatch.repeats(filling: seconds, threads: 1) { _ = round() }
    let operations = round() * Double(repeats * workers.count)
    let time = Stopwatch {
      workers.perform(workers.count) { _, _ in for _ in 0..<repeats { _ = round() } }
    }
    return operations / time.used * Double(workers.count)
  }
}
