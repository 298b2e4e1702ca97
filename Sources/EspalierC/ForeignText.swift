import Glibc

/// A text for callers in C, which lives as long as this.
final class ForeignText: Sendable {
  /// Never changed, and freed with the last reference: threads may share it. `nil` where there was no memory for it.
  nonisolated(unsafe) let pointer: UnsafePointer<CChar>?

  /// A copy of a text; a zero within it ends what a caller sees.
  init(_ text: String) { pointer = strdup(text).map { UnsafePointer($0) } }

  deinit { free(UnsafeMutablePointer(mutating: pointer)) }
}
