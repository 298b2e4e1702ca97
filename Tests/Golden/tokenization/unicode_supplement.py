"""Prints Sources/Tokenization/Patterns/UnicodeSupplement.swift.

    python Tests/Golden/tokenization/unicode_supplement.py > Sources/Tokenization/Patterns/UnicodeSupplement.swift

The characters of a property for Hugging Face's engine (Unicode 16) that PCRE2 10.42 (Unicode 14) does not know.
Needs tokenizers, and libpcre2-8 for the comparison.
"""

import ctypes

from tokenizers import Regex, pre_tokenizers

PCRE2_UTF, PCRE2_UCP = 0x00080000, 0x00020000
library = ctypes.CDLL("libpcre2-8.so.0")
library.pcre2_compile_8.restype = ctypes.c_void_p
library.pcre2_match_data_create_8.restype = ctypes.c_void_p


def in_pcre2(pattern):
    code = pattern.encode()
    status, offset = ctypes.c_int(), ctypes.c_size_t()
    compiled = library.pcre2_compile_8(
        code, ctypes.c_size_t(len(code)), ctypes.c_uint32(PCRE2_UTF | PCRE2_UCP), ctypes.byref(status),
        ctypes.byref(offset), None)
    data = library.pcre2_match_data_create_8(ctypes.c_uint32(1), None)

    def matches(text):
        subject = text.encode()
        return library.pcre2_match_8(
            ctypes.c_void_p(compiled), subject, ctypes.c_size_t(len(subject)), ctypes.c_size_t(0),
            ctypes.c_uint32(0), ctypes.c_void_p(data), None) >= 0

    return matches


def in_tokenizers(pattern):
    split = pre_tokenizers.Split(Regex(pattern), "removed")
    return lambda text: not split.pre_tokenize_str(text)


def missing(pattern):
    ours, theirs = in_pcre2(pattern), in_tokenizers(pattern)
    ranges = []
    for code in range(1, 0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        character = chr(code)
        if theirs(character) == ours(character):
            continue
        assert theirs(character), f"U+{code:04X} is {pattern} for PCRE2 alone"
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ranges


print("""/// Characters younger than PCRE2's tables: PCRE2 10.42 knows Unicode 14, Hugging Face's engine Unicode 16.
///
/// A property class of a split pattern is widened by them, which changes nothing once PCRE2 knows them too.
/// Written by Tests/Golden/tokenization/unicode_supplement.py, which compares every character.
enum UnicodeSupplement {
  /// Ranges by the name of a property.
  static let ranges: [String: [ClosedRange<UInt32>]] = [""")
for name in ["L", "Lu", "Ll", "Lm", "Lo", "N", "Nd", "M", "P", "S"]:
    line, lines = "", []
    for first, last in missing(f"\\p{{{name}}}"):
        item = f"0x{first:X}...0x{last:X},"
        if len(line) + len(item) > 95:
            lines, line = lines + [line], ""
        line += (" " if line else "") + item
    body = "\n".join("      " + part for part in lines + [line])
    print(f'    "{name}": [\n{body}\n    ],')
print("""  ]

  /// The ranges as the inside of a pattern's class; empty for other properties.
  static func classMembers(_ property: String) -> String {
    ranges[property, default: []].map { range in
      #"\\x{\\#(String(range.lowerBound, radix: 16))}-\\x{\\#(String(range.upperBound, radix: 16))}"#
    }.joined()
  }
}""")
