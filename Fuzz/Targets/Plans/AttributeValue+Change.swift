import PlanFile

extension AttributeValue {
  /// Changes the value in a way that a script chooses. What comes out can be stored in a file.
  mutating func change(_ script: inout ByteReader, _ others: [AttributeValue]) {
    switch script.byte() % 10 {
    case 0: self = script.element(others)
    case 1: self = Self.any(&script)
    default: changeWithinKind(&script)
    }
    // Longer ones are none that a file may hold.
    if StoredAttribute(self) == nil { self = .integer(0) }
  }

  private mutating func changeWithinKind(_ script: inout ByteReader) {
    switch self {
    case .flag(let value): self = .flag(!value)
    case .integer(let value): self = .integer(EdgeNumbers.integer(near: value, &script))
    case .unsigned(let value):
      self = .unsigned(UInt64(bitPattern: EdgeNumbers.integer(near: Int64(bitPattern: value), &script)))
    case .real(let value): self = .real(EdgeNumbers.real(near: value, &script))
    case .text: self = .text(PlanWords.any(&script))
    case .integers(var values):
      values.change(&script) { EdgeNumbers.integer(near: $0 ?? 0, &$1) }
      self = .integers(values)
    case .reals(var values):
      values.change(&script) { EdgeNumbers.real(near: $0 ?? 0, &$1) }
      self = .reals(values)
    case .texts(var values):
      values.change(&script) { PlanWords.any(&$1) }
      self = .texts(values)
    }
  }

  private static func any(_ script: inout ByteReader) -> AttributeValue {
    switch script.byte() % 8 {
    case 0: .flag(script.byte() % 2 == 0)
    case 1: .integer(EdgeNumbers.integer(near: 0, &script))
    case 2: .unsigned(UInt64(bitPattern: EdgeNumbers.integer(near: 0, &script)))
    case 3: .real(EdgeNumbers.real(near: 0, &script))
    case 4: .text(PlanWords.any(&script))
    case 5: .integers((0..<script.byte() % 12).map { _ in EdgeNumbers.integer(near: 0, &script) })
    case 6: .reals((0..<script.byte() % 12).map { _ in EdgeNumbers.real(near: 0, &script) })
    default: .texts((0..<script.byte() % 6).map { _ in PlanWords.any(&script) })
    }
  }
}

extension Array {
  /// Changes one element, or how many there are.
  fileprivate mutating func change(
    _ script: inout ByteReader, _ changed: (Element?, inout ByteReader) -> Element
  ) {
    switch script.byte() % 6 {
    case 0: append(changed(last, &script))
    case 1: if !isEmpty { removeLast() }
    case 2: if !isEmpty { swapAt(script.index(below: count), script.index(below: count)) }
    case 3:
      // A list of as much as an attribute holds, and one of nothing.
      self =
        script.byte() % 2 == 0
        ? [] : Array(repeating: changed(first, &script), count: script.element([64, 2048, 7000]))
    default: if !isEmpty { self[script.index(below: count)] = changed(self[0], &script) }
    }
  }
}

/// Numbers where something may change its mind.
enum EdgeNumbers {
  static let integers: [Int64] = [
    0, 1, -1, 2, 3, 4, 5, 6, 7, 8, 16, 64, 255, 256, 512, 1024, 1 << 16, 1 << 20, 1 << 26, 1 << 31, -1 << 31,
    1 << 32,
    1 << 62, .max, .min,
  ]
  static let reals: [Double] = [
    0, -0.0, 1, -1, 0.5, 2, 1e-300, 1e300, 1e-45, 3.5e38, .nan, .infinity, -.infinity, 9.3e18, 1 - 1e-16,
    .greatestFiniteMagnitude, .leastNonzeroMagnitude, 1e6, 1e-9,
  ]

  static func integer(near old: Int64, _ script: inout ByteReader) -> Int64 {
    switch script.byte() % 8 {
    case 0, 1: old &+ Int64(script.byte() % 8)
    case 2, 3: old &- Int64(script.byte() % 8)
    case 4: Int64(bitPattern: script.word())
    default: script.element(integers)
    }
  }

  static func real(near old: Double, _ script: inout ByteReader) -> Double {
    switch script.byte() % 6 {
    case 0: old * 2
    case 1: old / 2
    case 2: Double(bitPattern: script.word())
    case 3: Double(script.byte()) / 16
    default: script.element(reals)
    }
  }
}
