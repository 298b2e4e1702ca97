import COpenBLAS
import Glibc
import Synchronization

/// The memory that OpenBLAS works in: a block of 128 MiB of address space for each thread that is inside a product.
///
/// OpenBLAS takes a block when a product first needs one, and where the system has none it asks again for ever. So blocks
/// are taken here, before threads compute: the address space is tried first, and a thread that finds none is not started.
/// OpenBLAS keeps what it has, so blocks are not given back to the system.
public enum BLASMemory {
  private struct State {
    /// Blocks that OpenBLAS has.
    var taken = 0
    /// Blocks that threads count on.
    var promised = 0
  }

  private static let state = Mutex(State())
  /// What OpenBLAS asks for on the machines that it is built for, and what a small model needs beside it.
  private static let blockSize = 144 << 20
  /// What must be left beside the block of a further thread: one that takes the last of the memory helps nobody.
  private static let margin = 96 << 20

  /// Why there can be no products in this process, in one line; `nil` where nothing is wrong.
  public static var problem: String? {
    state.withLock { state in
      state.taken > 0 || take(&state, promised: 1)
        ? nil
        : "no memory: the limit of address space (ulimit -v) leaves no \(blockSize >> 20) MiB for products"
    }
  }

  /// Has a block for one more thread; `false` where there is no memory for it.
  static func promise() -> Bool {
    state.withLock { state in
      guard take(&state, promised: state.promised + 1) else { return false }
      state.promised += 1
      return true
    }
  }

  /// Says that some threads compute no more.
  static func takeBack(_ count: Int) { state.withLock { $0.promised -= count } }

  /// Makes OpenBLAS have as many blocks as are promised, one at a time.
  private static func take(_ state: inout State, promised: Int) -> Bool {
    while state.taken < promised {
      guard hasRoom(state.taken == 0 ? blockSize : blockSize + margin) else { return false }
      // All blocks at once, or the call would return one that OpenBLAS has already.
      let blocks = (0...state.taken).map { _ in blas_memory_alloc(0) }
      for block in blocks { if let block { blas_memory_free(block) } }
      guard !blocks.contains(nil) else { return false }
      state.taken += 1
    }
    return true
  }

  /// Whether the system has so much address space.
  private static func hasRoom(_ size: Int) -> Bool {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let base = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED else {
      return false
    }
    munmap(base, size)
    return true
  }
}
