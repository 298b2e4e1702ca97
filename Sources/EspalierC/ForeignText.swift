import Glibc

/// A text for callers in C, which lives as long as this.
final class ForeignText: Sendable {
  /// Never changed, and freed with the last reference: threads may share it.
  nonisolated(unsafe) let pointer: UnsafePointer<CChar>

  /// A copy of a text; a zero within it ends what a caller sees.
  init(_ text: String) { pointer = UnsafePointer(Self.copy(text)) }

  deinit { Glibc.free(UnsafeMutablePointer(mutating: pointer)) }

  /// A copy that the caller frees.
  static func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
    text.withCString { source in
      let size = strlen(source) + 1
      guard let copy = malloc(size) else { fatalError("no memory for a text") }
      memcpy(copy, source, size)
      return copy.assumingMemoryBound(to: CChar.self)
    }
  }
}
