import Glibc

/// Zeroed memory, aligned to a cache line, for a buffer that frees it once.
///
/// Large memory is pages of its own, which the system has back when they are freed. The C library would keep them among what
/// is still in use, and a process that keeps some of many large buffers would grow far beyond what it holds.
struct ZeroedMemory {
  let base: UnsafeMutableRawPointer
  private let byteCount: Int
  private let isMapped: Bool

  /// Bytes from which on memory is pages of its own.
  static let mappedSize = 1 << 20

  /// Where the system has no pages, it is the allocator that says so.
  init(byteCount: Int) {
    self.byteCount = max(64, byteCount)
    let pages =
      byteCount < Self.mappedSize
      ? nil : mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let pages, pages != MAP_FAILED else {
      isMapped = false
      base = .allocate(byteCount: self.byteCount, alignment: 64)
      memset(base, 0, self.byteCount)
      return
    }
    (base, isMapped) = (pages, true)
    // A page at a time, its first use would cost more than what is computed in it is worth.
    madvise(pages, byteCount, MADV_HUGEPAGE)
  }

  /// Gives the memory back.
  func free() {
    if isMapped { munmap(base, byteCount) } else { base.deallocate() }
  }
}
