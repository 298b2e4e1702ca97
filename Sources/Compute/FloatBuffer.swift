import Glibc

/// Memory for float32 values, aligned to a cache line, zeroed, freed with its last owner.
///
/// Invariant: `base` points to `count` initialised floats for the whole life of the object. Buffers are written by
/// one step of a run at a time; `Workers` gives each thread a disjoint part.
public final class FloatBuffer: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  /// Floats in the buffer.
  public let count: Int

  /// Allocates `count` zeroed floats.
  public init(count: Int) {
    precondition(count >= 0)
    self.count = count
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: 64)
    base = raw.initializeMemory(as: Float.self, repeating: 0, count: max(1, count))
  }

  deinit { base.deallocate() }
}
