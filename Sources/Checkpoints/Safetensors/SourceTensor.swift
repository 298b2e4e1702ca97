import Plan
import PlanFile

/// A tensor of a checkpoint, still in its mapped file.
package struct SourceTensor: Sendable {
  /// What the elements of the file stand for.
  indirect enum Encoding: Sendable {
    /// Themselves.
    case numbers
    /// Other numbers, with scales.
    case codes(StoredNumbers)
  }

  let name: String
  let type: SourceType
  package let shape: [Int]
  /// Where the bytes are in `mapping`; inside it, and as long as shape and type say.
  let range: Range<Int>
  let mapping: MappedFile
  private(set) var encoding = Encoding.numbers
  /// What is added to the numbers.
  private(set) var changes: [LowRankChange] = []

  init(name: String, type: SourceType, shape: [Int], range: Range<Int>, mapping: MappedFile) {
    (self.name, self.type, self.shape, self.range, self.mapping) = (name, type, shape, range, mapping)
  }

  /// The matrix whose codes this has.
  func standing(for shape: [Int], named name: String, as numbers: StoredNumbers) -> SourceTensor {
    var result = SourceTensor(name: name, type: type, shape: shape, range: range, mapping: mapping)
    result.encoding = .codes(numbers)
    return result
  }

  /// The same matrix with something added.
  func changed(by change: LowRankChange) -> SourceTensor {
    var result = self
    result.changes.append(change)
    return result
  }

  /// This and the tensors that its numbers are found with.
  var parts: [SourceTensor] {
    var parts = [self] + changes.flatMap { [$0.up, $0.down] }
    if case .codes(let numbers) = encoding {
      parts += [numbers.scales] + (numbers.zeroPoints.map { [$0] } ?? [])
    }
    return parts
  }

  /// Whether the elements of the file are the numbers.
  private var isPlain: Bool {
    if case .numbers = encoding { return changes.isEmpty }
    return false
  }

  /// Bytes of the elements.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: mapping.bytes[range]) }

  /// Tells the system that the elements are not needed soon.
  func release() { mapping.release(range) }

  /// The same of some elements of the flattened tensor, where they lie as they are: the largest tensors are larger than what
  /// an import may hold.
  func release(_ elements: Range<Int>) {
    guard case .numbers = encoding else { return }
    let first = range.lowerBound
    mapping.release(first + elements.lowerBound * type.size..<first + elements.upperBound * type.size)
  }

  /// Whether another tensor has the same elements, bit for bit.
  func hasElements(of other: SourceTensor) -> Bool {
    guard isPlain, other.isPlain, type == other.type, range.count == other.range.count else { return false }
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

  /// Whether the importer can read the elements as numbers.
  package var isFloatingPoint: Bool {
    if case .codes = encoding { return true }
    return [.float32, .float16, .bfloat16].contains(type)
  }

  /// Whether the elements are float32, to be taken byte for byte.
  var isFloat32: Bool { type == .float32 && isPlain }

  /// Elements `range` of the flattened tensor as they lie in the file.
  func bytes(of range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound * type.size..<range.upperBound * type.size])
  }

  /// Elements of a short list of integers.
  func integers() -> [Int] {
    let source = bytes
    return (0..<shape.reduce(1, *)).map { index in
      type == .int64
        ? Int(source.loadUnaligned(fromByteOffset: 8 * index, as: Int64.self))
        : Int(source.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
    }
  }

  /// Elements `range` of the flattened tensor as float32. Exact for all three types.
  func floats(_ range: Range<Int>) -> [Float] {
    var values =
      switch encoding {
      case .numbers: stored(range)
      case .codes(let numbers): decoded(range, numbers)
      }
    for change in changes { change.add(to: &values, range) }
    return values
  }

  /// Elements whose codes are in the file, row by row.
  private func decoded(_ range: Range<Int>, _ numbers: StoredNumbers) -> [Float] {
    let columns = shape[1]
    let rows = range.lowerBound / columns..<(range.upperBound + columns - 1) / columns
    return rows.flatMap { row in
      let start = max(range.lowerBound - row * columns, 0)
      return numbers.floats(of: self, row: row, start..<min(range.upperBound - row * columns, columns))
    }
  }

  /// Elements as the file has them.
  private func stored(_ range: Range<Int>) -> [Float] {
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
