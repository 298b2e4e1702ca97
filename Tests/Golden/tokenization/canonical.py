"""Prints Sources/Tokenization/Normalization/CanonicalMapping+Table.swift.

    python Tests/Golden/tokenization/canonical.py > Sources/Tokenization/Normalization/CanonicalMapping+Table.swift

The full canonical decompositions of all characters but the syllables of Hangul, which follow a rule, and whether
composing makes them again. Needs tokenizers.
"""

from tokenizers import normalizers

decomposed, composed = normalizers.NFD(), normalizers.NFC()
parts, expected = [], None
for code in range(0x110000):
    if 0xD800 <= code < 0xE000 or 0xAC00 <= code < 0xD7A4:
        continue
    text = decomposed.normalize_str(chr(code))
    if text == chr(code):
        continue
    if code != expected:
        parts.append(f"@{code:X}")
    is_excluded = len(text) > 1 and composed.normalize_str(text) != chr(code)
    parts.append(".".join(f"{ord(c):X}" for c in text) + ("!" if is_excluded else ""))
    expected = code + 1

print('''extension CanonicalMapping {
  /// `@C0` is the next character, `41.300` its decomposition, after which the next character follows by itself; `!`
  /// marks one that composing does not make. Written by Tests/Golden/tokenization/canonical.py from Hugging Face's
  /// `tokenizers`.
  static let table = """''')
line = "   "
for part in parts:
    if len(line) + 1 + len(part) > 110:
        print(line)
        line = "   "
    line += " " + part
print(line)
print('''    """
}''')
