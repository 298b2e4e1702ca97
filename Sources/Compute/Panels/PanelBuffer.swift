/// Memory of panels made at run time, aligned to a cache line.
///
/// Invariant: `base` points to `count` initialised bytes for the whole life of the object. Like a `FloatBuffer`, it is
/// written by one step of a run at a time.
final class PanelBuffer: WeightOwner, @unchecked Sendable {
  let base: UnsafeMutablePointer<UInt8>
  let count: Int
  private let memory: ZeroedMemory

  /// `count` bytes of the value `byte`: what stands for 0 in the encoding.
  init(count: Int, zero byte: UInt8) {
    self.count = count
    memory = ZeroedMemory(byteCount: count)
    base = memory.base.bindMemory(to: UInt8.self, capacity: max(64, count))
    if byte != 0 { base.update(repeating: byte, count: count) }
  }

  deinit { memory.free() }
}
