import Plan
import PlanFile

/// A tensor of a checkpoint, still in its mapped file.
package struct SourceTensor: Sendable {
  let name: String
  let type: SourceType
  package let shape: [Int]
  /// Where the bytes are in `mapping`; inside it, and as long as shape and type say.
  let range: Range<Int>
  let mapping: MappedFile

  /// Bytes of the elements.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: mapping.bytes[range]) }

  /// Tells the system that the elements are not needed soon.
  func release() { mapping.release(range) }

  /// Whether another tensor has the same elements, bit for bit.
  func hasElements(of other: SourceTensor) -> Bool {
    guard type == other.type, range.count == other.range.count else { return false }
    return stride(from: 0, to: range.count, by: 8 << 20).allSatisfy { start in
      let piece = start..<min(start + (8 << 20), range.count)
      defer {
        for tensor in [self, other] {
          let first = tensor.range.lowerBound + start
          tensor.mapping.release(first..<first + piece.count)
        }
      }
      return bytes[piece].elementsEqual(other.bytes[piece])
    }
  }

  /// Whether the importer can read the element type.
  package var isFloatingPoint: Bool { [.float32, .float16, .bfloat16].contains(type) }

  /// Whether the elements are float32, to be taken byte for byte.
  var isFloat32: Bool { type == .float32 }

  /// Elements `range` of the flattened tensor as they lie in the file.
  func bytes(of range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound * type.size..<range.upperBound * type.size])
  }

  /// Elements `range` of the flattened tensor as float32. Exact for all three types.
  func floats(_ range: Range<Int>) -> [Float] {
    let source = bytes
    return [Float](unsafeUninitializedCapacity: range.count) { buffer, count in
      // `range` is within the tensor: the importer walks shapes that were checked against it.
      switch type {
      case .bfloat16:
        for (place, index) in range.enumerated() {
          let bits = source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
          buffer.initializeElement(at: place, to: Float(bitPattern: UInt32(bits) << 16))
        }
      case .float16:
        for (place, index) in range.enumerated() {
          let bits = source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
          buffer.initializeElement(at: place, to: Float(halfBits: bits))
        }
      default:
        for (place, index) in range.enumerated() {
          let value = source.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
          buffer.initializeElement(at: place, to: value)
        }
      }
      count = range.count
    }
  }
}

extension Float {
  /// The value of an IEEE binary16, without needing the compiler's support for it.
  init(halfBits bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 31
    let fraction = UInt32(bits & 0x3ff)
    switch exponent {
    case 0:
      // Subnormal: fraction * 2^-24, exact in float32.
      let magnitude = Float(fraction) * 0x1p-24
      self = sign == 0 ? magnitude : -magnitude
    case 31: self = Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default: self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
