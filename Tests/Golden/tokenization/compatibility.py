"""Prints Sources/Tokenization/Normalization/CompatibilityMapping.swift.

    python Tests/Golden/tokenization/compatibility.py > Sources/Tokenization/Normalization/CompatibilityMapping.swift

The characters whose compatibility decomposition is more than the canonical one. Needs tokenizers.
"""

from tokenizers import normalizers

canonical, compatible = normalizers.NFD(), normalizers.NFKD()
parts, expected = [], None
characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
pairs = [(ord(c), compatible.normalize_str(c)) for c in characters]
pairs = [(code, text) for code, text in pairs if text != canonical.normalize_str(chr(code))]
index = 0
while index < len(pairs):
    code, text = pairs[index]
    if code != expected:
        parts.append(f"@{code:X}")
    length = 1
    while (len(text) == 1 and index + length < len(pairs)
           and pairs[index + length] == (code + length, chr(ord(text) + length))):
        length += 1
    parts.append(".".join(f"{ord(c):X}" for c in text) + (f"*{length}" if length > 1 else ""))
    index += length
    expected = code + length

print("""/// Compatibility decompositions that are more than canonical ones.
///
/// Canonical ones are in `CanonicalMapping`. Written by Tests/Golden/tokenization/compatibility.py from
/// Hugging Face's `tokenizers`.
enum CompatibilityMapping {
  /// The decomposition of a character, if it is in the table.
  static func of(_ scalar: Unicode.Scalar) -> String? { mappings[scalar.value] }

  private static let mappings: [UInt32: String] = {
    var mappings: [UInt32: String] = [:]
    var code: UInt32 = 0
    for part in table.split(whereSeparator: \\.isWhitespace) {
      if part.hasPrefix("@") {
        code = UInt32(part.dropFirst(), radix: 16) ?? 0
        continue
      }
      let run = part.split(separator: "*")
      let target = run[0].split(separator: ".").compactMap { UInt32($0, radix: 16) }
      for step in 0..<(run.count == 2 ? UInt32(run[1]) ?? 1 : 1) {
        let scalars = target.compactMap { Unicode.Scalar($0 + step) }
        mappings[code] = String(String.UnicodeScalarView(scalars))
        code += 1
      }
    }
    return mappings
  }()

  /// `@A0` is the next character, `20.308` its decomposition, `61*26` the decompositions of 26 in a row from
  /// U+0061 on; after each the next character follows by itself.
  private static let table = \"\"\"""")
line = ""
for part in parts:
    if len(line) + len(part) > 103:
        print("    " + line)
        line = ""
    line += (" " if line else "") + part
print("    " + line)
print('    """\n}')
