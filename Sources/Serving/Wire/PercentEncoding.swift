extension StringProtocol {
  /// The text that a part of an address stands for, in which `%` and two hexadecimal digits are a byte; `nil` where they are
  /// none, or where the bytes are no UTF-8.
  public var percentDecoded: String? {
    var bytes: [UInt8] = []
    var rest = Array(utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        guard let high = rest.popFirst().flatMap(Self.digit), let low = rest.popFirst().flatMap(Self.digit)
        else {
          return nil
        }
        bytes.append(UInt8(high << 4 | low))
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> Int? { Character(Unicode.Scalar(byte)).hexDigitValue }
}
