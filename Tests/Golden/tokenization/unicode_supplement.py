"""Prints Sources/Tokenization/Patterns/UnicodeSupplement.swift.

    python Tests/Golden/tokenization/unicode_supplement.py > Sources/Tokenization/Patterns/UnicodeSupplement.swift

The characters of a property for Hugging Face's engine (Unicode 16) that PCRE2 10.42 (Unicode 14) does not know.
Needs tokenizers, and libpcre2-8 for the comparison.
"""

import ctypes
import sys
import textwrap

from tokenizers import Regex, pre_tokenizers

CATEGORIES = ("L Lu Ll Lt Lm Lo N Nd Nl No M Mn Mc Me P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp Cc Cf Co "
              "Alphabetic").split()
SCRIPTS = ("Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul "
           "Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Sinhala Tamil Telugu Thai "
           "Tibetan").split()

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


everything = "".join(chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000)


def in_tokenizers(pattern):
    pieces = pre_tokenizers.Split(Regex(pattern), "removed", invert=True).pre_tokenize_str(everything)
    return set("".join(piece for piece, _ in pieces)).__contains__


def missing(name):
    # A script alone; PCRE2's shorter form has characters of several scripts too.
    ours = in_pcre2(f"\\p{{sc:{name}}}" if name in SCRIPTS else f"\\p{{{name}}}")
    theirs = in_tokenizers(f"\\p{{{name}}}")
    ranges = []
    for code in range(1, 0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        character = chr(code)
        if theirs(character) == ours(character):
            continue
        if not theirs(character):
            print(f"U+{code:04X} is {name} for PCRE2 alone", file=sys.stderr)
            continue
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
  /// Scripts that patterns may name.
  static let scripts: Set<String> = [""")
print(textwrap.fill(", ".join(f'"{name}"' for name in SCRIPTS) + ",", 100, initial_indent="    ", subsequent_indent="    "))
print("""  ]

  /// Properties that patterns may name besides, with the ranges they are widened by.
  static let ranges: [String: [ClosedRange<UInt32>]] = [""")
for name in CATEGORIES + SCRIPTS:
    line, lines = "", []
    for first, last in missing(name):
        item = f"0x{first:X}...0x{last:X},"
        if len(line) + len(item) > 95:
            lines, line = lines + [line], ""
        line += (" " if line else "") + item
    body = "\n".join("      " + part for part in lines + [line])
    print(f'    "{name}": [\n{body}\n    ],' if line else f'    "{name}": [],')
print("""  ]

  /// The ranges as the inside of a pattern's class; empty for other properties.
  static func classMembers(_ property: String) -> String {
    ranges[property, default: []].map { range in
      #"\\x{\\#(String(range.lowerBound, radix: 16))}-\\x{\\#(String(range.upperBound, radix: 16))}"#
    }.joined()
  }
}""")
