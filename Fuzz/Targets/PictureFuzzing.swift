import Imaging

enum PictureFuzzing {
  static func read(_ bytes: [UInt8]) -> Bool {
    let limits = DecodeLimits(maxEncodedBytes: 1 << 20, maxPixels: 1 << 20, maxSide: 4096)
    guard let image = try? ImageDecoder.decode(bytes, limits: limits) else { return false }
    precondition(image.pixels.count == 3 * image.width * image.height)
    return true
  }
}
