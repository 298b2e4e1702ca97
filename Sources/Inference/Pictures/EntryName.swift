/// Names of the cache's files. Whatever has another form is somebody else's.
enum EntryName {
  private static let suffix = ".espalier-picture"
  private static let partialPrefix = ".espalier-picture-"

  /// 64 hexadecimal digits and what they are.
  static func entry(_ key: PictureKey) -> String { key.hexadecimal + suffix }

  static func isEntry(_ name: String) -> Bool {
    name.hasSuffix(suffix) && isHexadecimal(name.dropLast(suffix.count), count: 64)
  }

  /// A name that nobody has, of a file that is not finished.
  static func partial() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return partialPrefix + String(repeating: "0", count: 16 - digits.count) + digits
  }

  static func isPartial(_ name: String) -> Bool {
    name.hasPrefix(partialPrefix) && isHexadecimal(name.dropFirst(partialPrefix.count), count: 16)
  }

  private static func isHexadecimal(_ text: Substring, count: Int) -> Bool {
    text.utf8.count == count
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}
