import CKernels

/// How fast the machine is at best with a pool of threads: what measured stages are compared with.
public struct MachineLimits: Sendable {
  /// 8-bit multiply-adds on operands in registers, operations a second; nil where the processor is not known.
  public var int8Rate: Double?
  /// bfloat16 multiply-adds on operands in registers, operations a second; nil where the processor is not known.
  public var bfloat16Rate: Double?
  /// Float32 multiply-adds on operands in registers, operations a second; nil where the processor is not known.
  public var floatRate: Double?
  /// Bytes a second read from memory.
  public var readBandwidth: Double

  /// Measures with all threads at once: the best of some rounds, about a second in all. `clock` gives seconds.
  public init(_ workers: Workers, clock: () -> Double) {
    int8Rate = Self.rate(workers, clock, espalier_int8_operations)
    bfloat16Rate = Self.rate(workers, clock, espalier_bfloat16_operations)
    floatRate = Self.rate(workers, clock, espalier_float_operations)
    readBandwidth = Self.bandwidth(workers, clock)
  }

  private static func rate(
    _ workers: Workers, _ clock: () -> Double, _ round: @escaping @Sendable () -> Double
  ) -> Double? {
    let operations = round()
    guard operations > 0 else { return nil }
    // Long enough that a sleeping thread's waking does not count.
    let repeats = 750
    var best = 0.0
    for _ in 0..<5 {
      let start = clock()
      workers.perform(workers.count) { _, _ in for _ in 0..<repeats { _ = round() } }
      best = max(best, operations * Double(repeats * workers.count) / (clock() - start))
    }
    return best
  }

  private static func bandwidth(_ workers: Workers, _ clock: () -> Double) -> Double {
    // Far more than any cache holds; written once, so that every page exists.
    let floats = 64 << 20
    let buffer = FloatBuffer(count: floats)
    let share = floats / 2 / workers.count
    let passes = 6
    let parities = FloatBuffer(count: workers.count)
    var best = 0.0
    for _ in 0..<4 {
      let start = clock()
      workers.perform(workers.count) { task, _ in
        let words = UnsafeRawPointer(buffer.base).assumingMemoryBound(to: UInt64.self)
        // Stored, or the optimiser may drop the call.
        for _ in 0..<passes { parities.base[task] = Float(espalier_read(words + task * share, share) & 1) }
      }
      best = max(best, Double(passes * share * workers.count * 8) / (clock() - start))
    }
    return best
  }
}
