import Plan
package import PlanFile

extension SourceTensor {
  /// Elements `range` of the flattened tensor as float32, all of them numbers: neither NaN nor infinite.
  ///
  /// A weight that is no number makes no answer wrong that anyone would notice: quantisation swallows it, and
  /// logits of NaN choose token 0.
  package func numbers(_ range: Range<Int>) throws(PlanError) -> [Float] {
    let values = floats(range)
    try values.withUnsafeBufferPointer { values throws(PlanError) in
      if Self.hasOthers(values) { try refuse(values, from: range.lowerBound) }
    }
    return values
  }

  /// The same for float32 as they lie in the file.
  func numberBytes(_ range: Range<Int>) throws(PlanError) -> UnsafeRawBufferPointer {
    let source = bytes(of: range)
    var others: UInt32 = 0
    for place in 0..<range.count {
      let bits = source.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self)
      others |= bits & Self.exponent == Self.exponent ? 1 : 0
    }
    if others != 0 { _ = try numbers(range) }
    return source
  }

  /// The bits of an exponent that only NaN and the infinities have all of.
  private static let exponent: UInt32 = 0x7F80_0000

  /// Whether there is a value that is no number. A loop without a branch, which takes no time beside the reading.
  private static func hasOthers(_ values: UnsafeBufferPointer<Float>) -> Bool {
    var others: UInt32 = 0
    for value in values { others |= value.bitPattern & exponent == exponent ? 1 : 0 }
    return others != 0
  }

  /// Names the first value that is no number.
  private func refuse(_ values: UnsafeBufferPointer<Float>, from start: Int) throws(PlanError) {
    guard let place = values.firstIndex(where: { !$0.isFinite }) else { return }
    var rest = start + place
    var index: [Int] = []
    for extent in shape.reversed() where extent > 0 {
      index.insert(rest % extent, at: 0)
      rest /= extent
    }
    throw PlanError(
      file: mapping.path, object: name, reason: "element \(index) is \(values[place]), which is no number")
  }
}
