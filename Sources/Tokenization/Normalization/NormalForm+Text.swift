import Plan

extension NormalForm {
  /// `text`, valid UTF-8, in this form as Hugging Face's `tokenizers` brings it there.
  ///
  /// Characters younger than its tables are left alone by it, and are no part of any composition or reordering;
  /// so the text between them is normalised by itself.
  func applied(to text: ArraySlice<UInt8>) -> [UInt8] {
    if text.allSatisfy({ $0 < 0x80 }) { return Array(text) }
    var result: [UInt8] = []
    var run: [Unicode.Scalar] = []
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

  /// Appends a character's decomposition.
  private func append(_ scalar: Unicode.Scalar, to run: inout [Unicode.Scalar]) {
    let isCompatible = self == .nfkc || self == .nfkd
    if isCompatible, let mapping = CompatibilityMapping.of(scalar) {
      for part in mapping.unicodeScalars { run += CanonicalMapping.decomposition(of: part) ?? [part] }
    } else if let parts = CanonicalMapping.decomposition(of: scalar) {
      run += parts
    } else {
      run.append(scalar)
    }
  }

  private func flush(_ run: inout [Unicode.Scalar], into result: inout [UInt8]) {
    Self.order(&run)
    if self == .nfc || self == .nfkc { run = Self.composed(run) }
    result += String(String.UnicodeScalarView(run)).utf8
    run.removeAll(keepingCapacity: true)
  }

  /// Sorts the marks behind each character by their class, those of one class as they are.
  private static func order(_ run: inout [Unicode.Scalar]) {
    var start = 0
    while start < run.count {
      guard markClass(of: run[start]) > 0 else {
        start += 1
        continue
      }
      var end = start + 1
      while end < run.count, markClass(of: run[end]) > 0 { end += 1 }
      if end - start > 1 {
        let marks = run[start..<end].enumerated().map { (place: $0.offset, scalar: $0.element) }
        run.replaceSubrange(
          start..<end,
          with: marks.sorted {
            (markClass(of: $0.scalar), $0.place) < (markClass(of: $1.scalar), $1.place)
          }.map(\.scalar))
      }
      start = end
    }
  }

  /// Joins each character with what follows it, unless something of its class or a higher one stands between.
  private static func composed(_ run: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(run.count)
    var starter: Int?
    // Class of what stands between the starter and here; below zero for nothing.
    var between = -1
    for scalar in run {
      let own = markClass(of: scalar)
      if let starter, between < own, let whole = CanonicalMapping.composition(result[starter], scalar) {
        result[starter] = whole
        continue
      }
      if own == 0 {
        starter = result.count
        between = -1
      } else {
        between = own
      }
      result.append(scalar)
    }
    return result
  }

  /// Above zero for marks, which may change places.
  private static func markClass(of scalar: Unicode.Scalar) -> Int {
    // The first mark is U+0300.
    scalar.value < 0x300 ? 0 : Int(scalar.properties.canonicalCombiningClass.rawValue)
  }

  /// Whether the original's tables, of Unicode 9, have the character as it is now.
  private static func isKnown(_ scalar: Unicode.Scalar) -> Bool {
    // LAO SIGN PALI VIRAMA was no combining mark before Unicode 12.
    scalar.value != 0xEBA && CharacterClass.isKnown(scalar, in: 9)
  }
}
