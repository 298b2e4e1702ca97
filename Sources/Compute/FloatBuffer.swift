/// Memory for float32 values, aligned to a cache line, zeroed, freed with its last owner.
///
/// Invariant: `base` points to `count` initialised floats for the whole life of the object. Buffers are written by
/// one step of a run at a time; `Workers` gives each thread a disjoint part.
public final class FloatBuffer: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  /// Floats in the buffer.
  public let count: Int
  private let memory: ZeroedMemory

  /// Allocates `count` zeroed floats.
  public init(count: Int) {
    precondition(count >= 0)
    self.count = count
    memory = ZeroedMemory(byteCount: count * MemoryLayout<Float>.stride)
    base = memory.base.bindMemory(to: Float.self, capacity: max(1, count))
  }

  deinit { memory.free() }
}
