"""Writes unicode.json: what Hugging Face's tokenizers makes of every character.

    python Tests/Golden/tokenization/make_unicode.py

For each way of putting a character between others, a hash of the normalised text of all of them in a row; for each
pre-tokenizer, hashes of the lengths of the pieces of all characters in a row. Needs tokenizers.
"""

import json
from pathlib import Path

from tokenizers import normalizers, pre_tokenizers

# What is put around each character: nothing, marks that it is reordered with or composed with.
AROUND = [["", " "], ["a", "\u0334\u0301 "], ["e\u0323", "\u0301 "], ["\u1100\u1161", "\u11a8 "]]
NORMALIZERS = {"nfc": normalizers.NFC(), "nfd": normalizers.NFD(), "nfkc": normalizers.NFKC(), "nfkd": normalizers.NFKD(),
               "lowercase": normalizers.Lowercase()}
SPLITTERS = {"digits": pre_tokenizers.Digits(False), "punctuation": pre_tokenizers.Punctuation("contiguous"),
             "words": pre_tokenizers.Whitespace(), "white_space": pre_tokenizers.WhitespaceSplit()}


def fnv(data):
    value = 0x811C9DC5
    for byte in data:
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
texts = ["".join(before + c + after for c in characters) for before, after in AROUND]
result = {"around": AROUND, "normalized": {}, "pieces": {}}
for name, normalizer in NORMALIZERS.items():
    result["normalized"][name] = [fnv(normalizer.normalize_str(text).encode()) for text in texts]
for name, splitter in SPLITTERS.items():
    pieces = [len(piece.encode()) for piece, _ in splitter.pre_tokenize_str("".join(characters))]
    result["pieces"][name] = fnv(b"".join(n.to_bytes(4, "little") for n in pieces))
(Path(__file__).parent / "unicode.json").write_text(json.dumps(result) + "\n")
