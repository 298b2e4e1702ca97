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
    let isCompatible = self == .nfkc || self == .nfkd
    if isCompatible, let mapping = CompatibilityMapping.of(scalar) {
      run += mapping
    } else if let marks = Self.composedOfMarks[scalar.value] {
      run += marks
    } else {
      run.unicodeScalars.append(scalar)
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
    // LAO SIGN PALI VIRAMA was no combining mark before Unicode 12.
    scalar.value != 0xEBA && CharacterClass.isKnown(scalar, in: 9)
  }

  /// Vowel signs that are no marks themselves but consist of marks, which the standard library forgets to reorder
  /// with those before them.
  private static let composedOfMarks: [UInt32: String] = [
    0xF73: "\u{F71}\u{F72}", 0xF75: "\u{F71}\u{F74}", 0xF81: "\u{F71}\u{F80}",
  ]
}
