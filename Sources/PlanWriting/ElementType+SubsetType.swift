import HDF5
import HDF5Subset

extension ElementType {
  /// The type of libhdf5's that is written where the subset has this one.
  init(_ type: SubsetType) {
    self =
      switch type {
      case .float32: .float32
      case .float64: .float64
      case .int32: .int32
      case .int64: .int64
      case .uint8: .uint8
      case .uint16: .uint16
      case .uint64: .uint64
      case .text(let bytes): .text(bytes: bytes)
      }
  }
}
