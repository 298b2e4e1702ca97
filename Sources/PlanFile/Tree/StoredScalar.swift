package import HDF5Subset

/// A Swift number that is stored as it lies in memory on a little-endian machine.
package protocol StoredScalar: BitwiseCopyable, Sendable {
  /// The stored type.
  static var storedType: SubsetType { get }
}

extension Float: StoredScalar {
  package static var storedType: SubsetType { .float32 }
}
extension Double: StoredScalar {
  package static var storedType: SubsetType { .float64 }
}
extension Int32: StoredScalar {
  package static var storedType: SubsetType { .int32 }
}
extension Int64: StoredScalar {
  package static var storedType: SubsetType { .int64 }
}
extension UInt8: StoredScalar {
  package static var storedType: SubsetType { .uint8 }
}
extension UInt16: StoredScalar {
  package static var storedType: SubsetType { .uint16 }
}
extension UInt64: StoredScalar {
  package static var storedType: SubsetType { .uint64 }
}

/// The numbers in bytes that need not be aligned.
func loadArray<Scalar: StoredScalar>(_ bytes: UnsafeRawBufferPointer) -> [Scalar] {
  let stride = MemoryLayout<Scalar>.stride
  return (0..<bytes.count / stride).map { bytes.loadUnaligned(fromByteOffset: $0 * stride, as: Scalar.self) }
}
