extension SubsetType {
  // Class and version in the first byte, then the bits of the class: byte order little-endian and no padding; for
  // integers the sign (bit 3), for floats an implied leading bit and the place of the sign, for texts zero padding
  // and UTF-8.
  private static let (unsigned, signed): (UInt32, UInt32) = (0x10, 0x0810)
  private static let (single, double): (UInt32, UInt32) = (0x1f_2011, 0x3f_2011)
  private static let string: UInt32 = 0x1113

  /// Reads a datatype in the one form that the writer has for each type.
  init(_ body: inout Cursor, limits: SubsetLimits) throws(SubsetError) {
    let (head, size) = (try body.number(UInt32.self), try body.number(UInt32.self))
    switch (head, size) {
    case (Self.string, _):
      guard size > 0, size <= limits.textBytes else {
        throw SubsetError(body.object, "has texts of \(size) bytes, expected 1 to \(limits.textBytes)")
      }
      self = .text(bytes: Int(size))
    case (Self.unsigned, 1): self = .uint8
    case (Self.unsigned, 2): self = .uint16
    case (Self.unsigned, 8): self = .uint64
    case (Self.signed, 4): self = .int32
    case (Self.signed, 8): self = .int64
    case (Self.single, 4): self = .float32
    case (Self.double, 8): self = .float64
    default: throw Self.refusal(body)
    }
    switch self {
    case .text: break
    case .float32: try Self.demand(&body, exponent: (at: 23, bits: 8, bias: 127), bits: 32)
    case .float64: try Self.demand(&body, exponent: (at: 52, bits: 11, bias: 1023), bits: 64)
    default: try Self.demandAllBits(&body, 8 * self.size)
    }
    try body.finish("datatype")
  }

  /// Demands that a number fills its bytes: bit offset 0, and as many bits as there are.
  private static func demandAllBits(_ body: inout Cursor, _ bits: Int) throws(SubsetError) {
    guard try body.number(UInt16.self) == 0, try body.number(UInt16.self) == bits else { throw refusal(body) }
  }

  /// Demands the fields of an IEEE float, whose mantissa starts at bit 0.
  private static func demand(
    _ body: inout Cursor, exponent: (at: UInt8, bits: UInt8, bias: UInt32), bits: Int
  ) throws(SubsetError) {
    try demandAllBits(&body, bits)
    guard try body.number() == exponent.at, try body.number() == exponent.bits,
      try body.number(UInt8.self) == 0, try body.number() == exponent.at, try body.number() == exponent.bias
    else { throw refusal(body) }
  }

  private static func refusal(_ body: Cursor) -> SubsetError {
    SubsetError(body.object, "has an element type that is not in the subset")
  }
}
