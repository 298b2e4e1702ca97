/// The number by which a signature names its key: eight bytes, drawn when the key was made.
///
/// It is a name, no proof: whoever makes a key may give it any number.
public struct KeyID: Hashable, Sendable, CustomStringConvertible {
  /// The eight bytes, as a number whose least significant byte is the first.
  public let value: UInt64

  /// Reads eight bytes from an index on.
  package init(_ bytes: [UInt8], at index: Int = 0) { value = UInt64(littleEndian: bytes, at: index) }

  /// The eight bytes.
  package var bytes: [UInt8] { value.littleEndianBytes }

  /// 16 upper-case hexadecimal digits, as minisign prints them; before its version 0.12 it left out zeros in front.
  public var description: String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
