import HDF5
import TinyPlans

extension StoredValue {
  /// Changes the value in a way that a script chooses; type, shape and bytes stay consistent.
  mutating func change(_ script: inout ByteReader, _ sample: PlanSample) {
    switch script.byte() % 8 {
    case 0, 1, 2: setElement(&script)
    case 3: resize(to: Int(script.byte() % 12))
    case 4: self = script.element(sample.values)
    case 5: swapElements(&script)
    case 6:
      let text = script.bytes(Int(script.byte() % 48) + 1)
      self = StoredValue(type: .text(bytes: text.count), shape: [], bytes: text)
    default: setNumbers(&script)
    }
  }

  private var count: Int { shape.reduce(1, *) }

  /// Sets one element to a number at the edge of what it may be, or to any.
  private mutating func setElement(_ script: inout ByteReader) {
    guard count > 0 else { return }
    let start = script.index(below: count) * type.size
    let size = min(type.size, 8)
    let old = bytes[start..<start + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let bits: UInt64 =
      switch script.byte() % 4 {
      case 0: old &+ UInt64(script.byte())
      case 1: old &- UInt64(script.byte())
      case 2:
        isReal ? realBits(script.element(Self.reals)) : UInt64(bitPattern: script.element(Self.integers))
      default: script.word()
      }
    for place in 0..<size { bytes[start + place] = UInt8(truncatingIfNeeded: bits >> (8 * UInt64(place))) }
  }

  /// Makes the first extent another one, repeating what is there.
  private mutating func resize(to rows: Int) {
    guard !shape.isEmpty, !bytes.isEmpty else { return }
    shape[0] = rows
    let needed = count * type.size
    bytes = (0..<needed).map { bytes[$0 % bytes.count] }
  }

  private mutating func swapElements(_ script: inout ByteReader) {
    guard count > 1 else { return }
    let (left, right) = (script.index(below: count) * type.size, script.index(below: count) * type.size)
    for place in 0..<type.size { bytes.swapAt(left + place, right + place) }
  }

  /// Takes a list of numbers at the edges.
  private mutating func setNumbers(_ script: inout ByteReader) {
    let numbers = (0..<Int(script.byte() % 6)).map { _ in
      isReal ? script.element(Self.reals).bitPattern : UInt64(bitPattern: script.element(Self.integers))
    }
    type = isReal ? .float64 : .int64
    shape = [numbers.count]
    bytes = numbers.withUnsafeBytes { Array($0) }
  }

  private var isReal: Bool { type == .float32 || type == .float64 }

  private func realBits(_ value: Double) -> UInt64 {
    type == .float32 ? UInt64(Float(value).bitPattern) : value.bitPattern
  }

  private static let integers: [Int64] = [
    0, 1, -1, 2, 3, 4, 7, 8, 16, 64, 255, 256, 1 << 16, 1 << 20, 1 << 31, -1 << 31, 1 << 32, 1 << 62, .max,
    .min,
  ]
  private static let reals: [Double] = [
    0, -0.0, 1, -1, 0.5, 2, 1e-300, 1e300, 1e-45, 3.5e38, .nan, .infinity, -.infinity, 9.3e18, 1 - 1e-16,
  ]
}
