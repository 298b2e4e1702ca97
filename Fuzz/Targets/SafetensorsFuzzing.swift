import Checkpoints

enum SafetensorsFuzzing {
  /// An input is a header up to the first zero byte and data behind it; the length before the header is put there,
  /// unless the first byte is 255: then the file is what follows.
  static func read(_ bytes: [UInt8]) -> Bool {
    let file = ScratchFile(bytes.first == 255 ? Array(bytes.dropFirst()) : withLength(bytes))
    guard let opened = try? SafetensorsFile(file.path) else { return false }
    for (_, tensor) in opened.tensors where tensor.isFloatingPoint {
      let count = tensor.shape.reduce(1, *)
      _ = try? tensor.numbers(0..<count)
    }
    return true
  }

  private static func withLength(_ bytes: [UInt8]) -> [UInt8] {
    let header = bytes.prefix { $0 != 0 }
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    return length + header + bytes.dropFirst(header.count + 1)
  }
}
