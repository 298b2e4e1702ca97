/// Objects of the library as callers in C hold them: a pointer with a reference of its own.
///
/// A pointer that a caller made up, or has freed, cannot be told from one that is alive; the header says so.
protocol Handle: AnyObject {}

extension Handle {
  /// A pointer that keeps the object until it is freed.
  func retained() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  /// The object behind a caller's pointer.
  static func at(_ pointer: OpaquePointer?) -> Self? {
    pointer.map { Unmanaged<Self>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }

  /// Gives back a caller's reference.
  static func free(_ pointer: OpaquePointer?) {
    guard let pointer else { return }
    Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).release()
  }
}
