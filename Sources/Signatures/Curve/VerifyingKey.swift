/// A public key of Ed25519, by which signatures are checked (RFC 8032, section 5.1.7).
///
/// Everything that is not the one right form is refused, as libsodium's releases do: scalars from L on, coordinates
/// from p on, and points of small order, as key and in signatures. The equation is the one without the cofactor.
package struct VerifyingKey: Equatable, Sendable {
  /// The 32 bytes of the key.
  package let bytes: [UInt8]
  private let point: Point

  /// Reads 32 bytes; nil where they are no point of the curve, not its only form, or one of small order.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == 32, let point = Point(bytes), !point.hasSmallOrder else { return nil }
    (self.bytes, self.point) = (bytes, point)
  }

  /// Whether 64 bytes are the key's signature of a message.
  package func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard signature.count == 64, let s = Scalar(Array(signature[32...])) else { return false }
    let r = Array(signature[..<32])
    let k = Scalar(reducing: SHA512.digest(of: r + bytes + message))
    // R = s B - k A
    let expected = Point.sum(s, .base, k, -point)
    return expected.bytes == r && !expected.hasSmallOrder
  }

  /// Keys of the same bytes are the same.
  package static func == (a: Self, b: Self) -> Bool { a.bytes == b.bytes }
}
