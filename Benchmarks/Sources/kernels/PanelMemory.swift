import CKernels
import Compute

/// Panels of random weights in memory that lives as long as matrices over it.
///
/// Invariant: `bytes` is written by the initialiser alone.
final class PanelMemory: WeightOwner, @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  /// As many panels as `outputs` take: all of them the same one, as kernels do not look at values.
  init(_ encoding: PanelEncoding, outputs: Int, depth: Int) throws {
    var panel: [UInt8] = []
    var generator = SystemRandomNumberGenerator()
    let rows = (0..<PanelEncoding.lanes * depth).map { _ in Float.random(in: -1...1, using: &generator) }
    var encoder = PanelEncoder(encoding, depth: depth)
    try encoder.append(rows) { (span) throws(ExecutionError) in span.withUnsafeBytes { panel += $0 } }
    let panels = (outputs + PanelEncoding.lanes - 1) / PanelEncoding.lanes
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: panels * panel.count, alignment: 64)
    for index in 0..<panels {
      UnsafeMutableRawBufferPointer(rebasing: memory[index * panel.count..<(index + 1) * panel.count])
        .copyBytes(from: panel)
    }
    bytes = UnsafeRawBufferPointer(memory)
  }

  deinit { bytes.deallocate() }

  /// The panels as a matrix whose rows are outputs.
  func matrix(_ encoding: PanelEncoding, outputs: Int, depth: Int) -> WeightMatrix {
    WeightMatrix(encoding, panels: bytes, rows: outputs, columns: depth, owner: self)
  }

  /// Bytes that all workers read in a second of their time, each a part of the panels, for about `seconds`.
  func readingRate(_ workers: Workers, seconds: Double) -> Double {
    let words = bytes.bindMemory(to: UInt64.self)
    let share = words.count / workers.count
    let parities = FloatBuffer(count: workers.count)
    func pass() {
      workers.perform(workers.count) { task, _ in
        // Stored, or the optimiser may drop the call.
        let sum = espalier_read(words.baseAddress.map { $0 + task * share }, share)
        MatrixView(sharing: parities, rows: 1, columns: workers.count)[0, task] = Float(sum & 1)
      }
    }
    let repeats = Stopwatch.repeats(filling: seconds, threads: workers.count, pass)
    let time = Stopwatch { for _ in 0..<repeats { pass() } }
    return Double(repeats * share * workers.count * 8) / time.used * Double(workers.count)
  }
}
