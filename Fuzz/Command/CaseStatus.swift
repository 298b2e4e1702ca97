import CLibFuzzer
import Glibc

/// What a process that reads cases tells the one that started it, in memory that both see.
struct CaseStatus {
  /// Of a file in memory.
  let descriptor: Int32
  private let words: UnsafeMutablePointer<Int>
  private static let count = 4

  /// Memory for a new process.
  init() {
    descriptor = espalier_shared_file()
    precondition(descriptor >= 0 && ftruncate(descriptor, Self.count * 8) == 0, "no memory to share")
    words = Self.map(descriptor)
  }

  /// Memory that another process gave.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    words = Self.map(descriptor)
  }

  private static func map(_ descriptor: Int32) -> UnsafeMutablePointer<Int> {
    let base = mmap(nil, count * 8, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let base, base != MAP_FAILED else { preconditionFailure("no memory to share") }
    return base.assumingMemoryBound(to: Int.self)
  }

  /// The case that is read now.
  var current: Int {
    get { words[0] }
    nonmutating set { words[0] = newValue }
  }
  /// Cases that were accepted.
  var accepted: Int {
    get { words[1] }
    nonmutating set { words[1] = newValue }
  }
  /// Bytes by which the current case made the process grow, where that was too much.
  var grown: Int {
    get { words[2] }
    nonmutating set { words[2] = newValue }
  }
  /// Whether all cases were read.
  var isDone: Bool {
    get { words[3] == 1 }
    nonmutating set { words[3] = newValue ? 1 : 0 }
  }

  func close() {
    munmap(words, Self.count * 8)
    Glibc.close(descriptor)
  }
}
