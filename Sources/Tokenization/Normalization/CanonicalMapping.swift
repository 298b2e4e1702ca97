/// Canonical decompositions and compositions (Unicode Standard Annex 15), which the standard library keeps to itself.
enum CanonicalMapping {
  /// The full decomposition of a character that has one.
  static func decomposition(of scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
    // The first character with one is U+00C0.
    if scalar.value < 0xC0 { return nil }
    return Hangul.decomposition(of: scalar) ?? tables.decompositions[scalar.value]
  }

  /// The character that two are one of.
  static func composition(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Unicode.Scalar? {
    // Nothing below U+0300 is a second half.
    if right.value < 0x300 { return nil }
    return Hangul.composition(left, right) ?? tables.compositions[Pair(left: left, right: right)]
  }

  private struct Pair: Hashable {
    var left: Unicode.Scalar
    var right: Unicode.Scalar
  }

  private static let tables:
    (decompositions: [UInt32: [Unicode.Scalar]], compositions: [Pair: Unicode.Scalar]) =
      {
        var decompositions: [UInt32: [Unicode.Scalar]] = [:]
        var composites: [(scalars: [Unicode.Scalar], result: Unicode.Scalar)] = []
        var code: UInt32 = 0
        for part in table.split(whereSeparator: \.isWhitespace) {
          if part.hasPrefix("@") {
            code = UInt32(part.dropFirst(), radix: 16) ?? 0
            continue
          }
          let isExcluded = part.hasSuffix("!")
          let digits = isExcluded ? part.dropLast() : part
          let scalars = digits.split(separator: ".").compactMap {
            UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
          }
          decompositions[code] = scalars
          if scalars.count > 1, !isExcluded, let result = Unicode.Scalar(code) {
            composites.append((scalars, result))
          }
          code += 1
        }
        // All but the last of a longer decomposition are one character already.
        var compositions: [Pair: Unicode.Scalar] = [:]
        for (scalars, result) in composites.sorted(by: { $0.scalars.count < $1.scalars.count }) {
          var left = scalars[0]
          for scalar in scalars[1..<scalars.count - 1] {
            left = compositions[Pair(left: left, right: scalar)] ?? left
          }
          compositions[Pair(left: left, right: scalars[scalars.count - 1])] = result
        }
        return (decompositions, compositions)
      }()
}

/// The syllables of Hangul, which are numbered by their letters.
private enum Hangul {
  private static let (syllable, first, second, third) = (
    0xAC00 as UInt32, 0x1100 as UInt32, 0x1161 as UInt32, 0x11A7 as UInt32
  )
  private static let (firsts, seconds, thirds) = (19 as UInt32, 21 as UInt32, 28 as UInt32)

  static func decomposition(of scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
    guard (syllable..<syllable + firsts * seconds * thirds).contains(scalar.value) else { return nil }
    let index = scalar.value - syllable
    let letters = [
      first + index / (seconds * thirds), second + index / thirds % seconds, third + index % thirds,
    ]
    // The third letter may be none.
    return letters.prefix(index % thirds == 0 ? 2 : 3).compactMap(Unicode.Scalar.init)
  }

  static func composition(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Unicode.Scalar? {
    if (first..<first + firsts).contains(left.value), (second..<second + seconds).contains(right.value) {
      let index = (left.value - first) * seconds + right.value - second
      return Unicode.Scalar(syllable + index * thirds)
    }
    guard (syllable..<syllable + firsts * seconds * thirds).contains(left.value),
      (left.value - syllable) % thirds == 0, (third + 1..<third + thirds).contains(right.value)
    else { return nil }
    return Unicode.Scalar(left.value + right.value - third)
  }
}
