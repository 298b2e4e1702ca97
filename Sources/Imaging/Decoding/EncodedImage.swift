import Digests
import Plan

/// A picture as its file has it, with the digest that tells it from any other.
public struct EncodedImage: Sendable {
  /// What errors call it: a path, mostly.
  public let name: String
  /// The encoded picture.
  public let bytes: [UInt8]
  /// SHA-256 of the bytes, hexadecimal.
  public let digest: String
  /// What it is decoded within.
  public let limits: DecodeLimits

  /// A picture whose bytes are at hand.
  public init(_ bytes: [UInt8], named name: String, limits: DecodeLimits = DecodeLimits()) {
    self.name = name
    self.limits = limits
    self.bytes = bytes
    digest = bytes.withUnsafeBytes { SHA256.hexadecimal(of: $0) }
  }

  /// Reads the regular file at `path`.
  public init(contentsOf path: String, limits: DecodeLimits = DecodeLimits()) throws(ImageError) {
    self.init(try FileBytes.read(path, limit: limits.maxEncodedBytes), named: path, limits: limits)
  }

  /// The size that `decoded` gives it, of which nothing but the header is read.
  public func size() throws(ImageError) -> ImageSize {
    try ImageDecoder.size(of: bytes, named: name, limits: limits)
  }

  /// The pixels.
  public func decoded() throws(ImageError) -> RGBImage {
    try ImageDecoder.decode(bytes, named: name, limits: limits)
  }
}
