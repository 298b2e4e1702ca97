import PlanFormat
@_spi(_Unicode) import Swift

extension NormalForm {
  /// `text`, valid UTF-8, in this form as Hugging Face's `tokenizers` brings it there.
  ///
  /// Characters younger than its tables are left alone by it, and are no part of any composition or reordering;
  /// so the text between them is normalised by itself.
  func applied(to text: ArraySlice<UInt8>) -> [UInt8] {
    if text.allSatisfy({ $0 < 0x80 }) { return Array(text) }
    var result: [UInt8] = []
    var run = ""
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if Self.isKnown(scalar) {
        append(scalar, to: &run)
      } else {
        flush(&run, into: &result)
        result += String(scalar).utf8
      }
    }
    flush(&run, into: &result)
    return result
  }

  private func append(_ scalar: Unicode.Scalar, to run: inout String) {
    switch self {
    case .nfkc, .nfkd:
      if let mapping = CompatibilityMapping.of(scalar) {
        run += mapping
      } else {
        run.unicodeScalars.append(scalar)
      }
    case .nfc, .nfd: run.unicodeScalars.append(scalar)
    }
  }

  private func flush(_ run: inout String, into result: inout [UInt8]) {
    switch self {
    case .nfc, .nfkc: for scalar in run._nfc { result += String(scalar).utf8 }
    case .nfd, .nfkd: for scalar in run._nfd { result += String(scalar).utf8 }
    }
    run = ""
  }

  /// Whether the original's tables, of Unicode 9, have the character as it is now.
  private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x300 { return true }
    // LAO SIGN PALI VIRAMA was no combining mark before Unicode 12.
    if scalar.value == 0xEBA { return false }
    return scalar.properties.age.map { $0.major <= 9 } ?? true
  }
}
