/// Texts padded with zero bytes to one width; `nil` when a text holds a zero byte itself.
func paddedText(_ texts: [String]) -> (width: Int, bytes: [UInt8])? {
  let width = max(1, texts.map(\.utf8.count).max() ?? 1)
  var bytes: [UInt8] = []
  for text in texts {
    if text.utf8.contains(0) { return nil }
    bytes += text.utf8
    bytes += repeatElement(0, count: width - text.utf8.count)
  }
  return (width, bytes)
}

/// Texts of one padded width; `nil` when one is not UTF-8 or has a zero byte before its padding.
func unpaddedText(_ bytes: [UInt8], width: Int) -> [String]? {
  var texts: [String] = []
  for start in stride(from: 0, to: bytes.count, by: width) {
    let padded = bytes[start..<min(start + width, bytes.count)]
    let text = padded.prefix { $0 != 0 }
    guard padded.dropFirst(text.count).allSatisfy({ $0 == 0 }),
      let valid = String(validating: text, as: UTF8.self)
    else { return nil }
    texts.append(valid)
  }
  return texts
}
