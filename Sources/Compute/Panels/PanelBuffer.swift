/// Memory of panels made at run time, aligned to a cache line.
///
/// Invariant: `base` points to `count` initialised bytes for the whole life of the object. Like a `FloatBuffer`, it is
/// written by one step of a run at a time.
final class PanelBuffer: WeightOwner, @unchecked Sendable {
  let base: UnsafeMutablePointer<UInt8>
  let count: Int

  /// `count` bytes of the value `byte`: what stands for 0 in the encoding.
  init(count: Int, zero byte: UInt8) {
    self.count = count
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(64, count), alignment: 64)
    base = memory.initializeMemory(as: UInt8.self, repeating: byte, count: max(64, count))
  }

  deinit { base.deallocate() }
}
