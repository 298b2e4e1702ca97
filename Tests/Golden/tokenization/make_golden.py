"""Writes a corpus and what Hugging Face's tokenizers makes of it.

    python Tests/Golden/tokenization/make_golden.py

golden.json holds, for each text, the tokens under three tokenizers, decoded id lists, and how patterns split
the string of all characters.
qwen.json is a small tokenizer with Qwen2's pattern, trained here on the corpus. Needs tokenizers.
"""

import json
import random
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

here = Path(__file__).parent
reference_path = here.parents[2] / "calib/reference-model/tokenizer.json"
rng = random.Random(7)

# Runs of one kind each, of the properties that split patterns use.
KINDS = {
    "letter, number, space": r"\p{L}+|\p{N}+|\s+|[^\s\p{L}\p{N}]+",
    "letters": r"\p{Lu}+|\p{Ll}+|\p{Lt}+|\p{Lm}+|\p{Lo}+",
    "others": r"\p{M}+|\p{P}+|\p{S}+|\p{Nd}+|\S+",
    "negated": r"\P{L}+|[^\P{N}]+",
    "words": r"\w+|\W+",
    "words in a class": r"[\w]+|[^\w]+",
    "word ends": r"\b",
    "scripts": r"\p{Han}+|\p{Hiragana}+|\p{Latin}+|\p{Arabic}+|\p{Devanagari}+",
    "marks and symbols": r"\p{Me}+|\p{Sc}+|\p{So}+|\p{Po}+|\p{Pd}+|\p{No}+|\p{Alphabetic}+",
    "digits": r"\d+|\D+|[\d]",
}
QWEN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+|\s+(?!\S)|\s+")

WORDS = {
    "latin": "the quick brown fox jumps over a lazy dog while I'm you're they've she'll he'd it's don't DON'T I'M "
             "naïve café Straße Ærøskøbing façade coöperate Ελλάδα".split(),
    "cyrillic": "съешь же ещё этих мягких французских булок да выпей чаю Україна ђак".split(),
    "cjk": ["今日は", "世界", "漢字かな交じり文", "こんにちは", "안녕하세요", "한국어", "你好", "中文分词", "𠀀𠀁", "ー", "。", "、"],
    "rtl": ["مرحبا", "بالعالم", "العربية", "١٢٣", "שלום", "עולם", "עִבְרִית", "؟", "ـــ"],
    "indic": ["नमस्ते", "दुनिया", "क्षत्रिय", "हिन्दी", "১২৩", "বাংলা", "ไทย", "สวัสดี", "ก็", "தமிழ்"],
    "emoji": ["😀", "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇩🇪🇫🇷", "❤️", "☕", "🫠", "🪿", "1️⃣", "\U0001FAE8"],
    "number": ["0", "42", "3.14159", "1,000,000", "1e-9", "0xFF", "²³", "½", "Ⅷ", "①", "٣", "10:30", "2024-01-31"],
    "mark": ["e\u0301", "a\u0308o\u0308", "\u0301", "n\u0303", "Z\u0351\u036b\u0343", "\u200d", "\u200b", "\ufeff"],
    "space": [" ", "  ", "   ", "\t", "\t\t", "\n", "\n\n", "\r\n", "\r", "\u00a0", "\u3000", "\u2003", "\u2028",
              "\u2029", "\u0085", "\u180e", "\u1680", "\u202f", "\x0b", "\x0c", "\x1c", "\x1f", "\u200b", " \n ", "    \n"],
    "control": ["\x00", "\x01", "\x07", "\x08", "\x1b[0m", "\x7f", "\x80", "\x9f", "\u202e", "\ufffd", "\ufffe"],
    "symbol": list("!?.,;:'\"()[]{}<>|\\/@#$%^&*-_=+~`") + ["...", "->", "==", "!=", "€", "→", "∑", "“”", "’s", "’T", "—"],
    "young": ["\U00031350", "\U0001E4D0", "\U00011F04", "\u1c89", "\U0001CCF3", "\U00010D42", "\U0001E5D1", "\ua7dc",
              "\u0897", "\U0001F6DC", "\U0002EBF3"],
    "case": ["'S", "'ſ", "'T", "'LL", "'Ve", "'rE", "ſ'ſ", "K", "ı", "İ", "ß", "ẞ", "ﬀ", "ŉ", "'d've"],
    "special": ["<|im_start|>", "<|im_end|>", "<image>", "<pad>", "<|im_start|", "|im_end|>", "<<image>>", "<|im",
                "<tool>", "<tool>x", "yes", "yesno", "<|left|>", "<|right|>", "<|im_start|>user\n<image>\n", "<image"],
}
CODE = [
    "def f(x):\n    return x ** 2  # square\n", "for (int i = 0; i < n; ++i) {\n\tsum += a[i];\n}\n",
    "let image = try ImageDecoder.decode(bytes)\n", "fn main() {\n    println!(\"{:?}\", v);\n}\n",
    "SELECT * FROM t WHERE a >= 10 AND b LIKE '%x%';", "<div class=\"a b\">\n  <p>Hi &amp; bye</p>\n</div>",
    "{\"key\": [1, 2.5, null, true], \"s\": \"\\u00e9\"}", "#!/bin/sh\nset -eu\necho \"$HOME\" | sed 's/a/b/g' > /dev/null\n",
    "\\begin{equation}\n  \\sum_{i=0}^{n} x_i^2\n\\end{equation}", "const f = async (x) => `${await g(x)}\\n`;",
    "    indented\n        more\n\n\n\tand a tab\n   \n", "https://example.com/a/b?c=d&e=%20f#g", "a@b.co +49 (30) 1234-567",
]


def corpus():
    """Texts as str, or bytes where they are no UTF-8."""
    texts = ["", " ", "\n", "a", "'", "é", "👍", "\x00", "hello world", "  leading", "trailing  ", "a  b   c    d"]
    texts += CODE + [word for words in WORDS.values() for word in words]
    texts += [a + b for a in WORDS["special"] for b in ["", " x", "x", "\n", "é"]]
    texts += [a + b for a in [" ", "x", "\n ", "_", "é", "\u0301"] for b in WORDS["special"]]
    texts += [a + b + c for a in ["", "x", " "] for b in WORDS["space"] for c in ["", "y", " y"]]
    kinds = list(WORDS)
    while len(texts) < 2150:
        few = rng.sample(kinds, rng.choice([1, 1, 2, 3]))
        parts = [rng.choice(WORDS[rng.choice(few)]) for _ in range(rng.randint(1, 9))]
        if rng.random() < 0.15:
            parts.insert(rng.randrange(len(parts) + 1), rng.choice(CODE))
        joint = rng.choice([" ", " ", "", "", "  ", "\n", None])
        texts.append(joint.join(parts) if joint is not None
                     else "".join(p + rng.choice(WORDS["space"]) for p in parts))
    for _ in range(150):
        texts.append("".join(chr(rng.choice([rng.randrange(0x80), rng.randrange(0x800), rng.randrange(0xE000, 0x20000)]))
                             for _ in range(rng.randint(1, 16))))
    for _ in range(200):
        data = bytearray("".join(rng.choice(WORDS[rng.choice(kinds)]) for _ in range(4)).encode())
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        texts.append(bytes(data[rng.randrange(3):]))
    texts += [bytes(rng.randrange(256) for _ in range(12)) for _ in range(80)]
    texts += [b"\xf0\x9f\x91", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"a\xe2\x82", b"\xff\xfe", b"\xe0\x80\x80"]
    return texts


def long_texts():
    """Pairs of a unit and how often it is repeated; too long to store."""
    return [("a", 20000), (" ", 20000), ("\n", 9999), ("ab", 10000), ("é", 8000), ("漢", 7000), ("!", 20000), ("7", 9000),
            ("the lazy dog ", 2000), ("don't ", 3000), ("<image>", 3000), ("👩‍👩‍👧‍👦", 900), (" \n", 5000), ("x \t", 5000),
            ("'s", 6000), ("<|im", 4000)]


def fnv(ids):
    value = 0x811C9DC5
    for number in ids:
        for byte in number.to_bytes(4, "little"):
            value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def train(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=2048, initial_alphabet=alphabet, show_progress=False, min_frequency=2)
    tokenizer.train_from_iterator([t for t in texts if isinstance(t, str)], trainer)
    tokenizer.add_special_tokens([
        "<|im_start|>", "<|im_end|>", AddedToken("<|left|>", lstrip=True), AddedToken("<|right|>", rstrip=True)])
    tokenizer.add_tokens([
        AddedToken("<tool>", normalized=True), AddedToken("yes", single_word=True, normalized=True),
        AddedToken("<|im", normalized=False)])
    return tokenizer


def main():
    texts = corpus()
    qwen = train(texts)
    qwen.save(str(here / "qwen.json"), pretty=False)
    reference = Tokenizer.from_file(str(reference_path))
    # The trained vocabulary under GPT-2's pattern with a space in front, whole pre-tokens first.
    whole = json.loads((here / "qwen.json").read_text())
    whole["model"]["ignore_merges"] = True
    whole["pre_tokenizer"] = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    whole = Tokenizer.from_str(json.dumps(whole))
    configurations = [("reference", reference), ("qwen", qwen), ("whole", whole)]

    def encoded(text):
        row = []
        for _, tokenizer in configurations:
            for plain in [False, True]:
                tokenizer.encode_special_tokens = plain
                ids = tokenizer.encode(text, add_special_tokens=False).ids
                if not row:
                    first = ids
                row.append(fnv(ids))
            tokenizer.encode_special_tokens = False
        return row, first

    lines = []
    for text in texts:
        if isinstance(text, bytes):
            row, first = encoded(text.decode("utf-8", errors="replace"))
            entry = {"hex": text.hex()}
        else:
            row, first = encoded(text)
            entry = {"text": text}
        entry["hashes"] = row
        if len(first) <= 12:
            entry["ids"] = first
        lines.append(entry)
    for unit, count in long_texts():
        lines.append({"text": unit, "times": count, "hashes": encoded(unit * count)[0]})

    decodes = []
    for _ in range(400):
        index = rng.choice([0, 1])
        tokenizer = configurations[index][1]
        ids = [rng.randrange(tokenizer.get_vocab_size()) for _ in range(rng.randint(1, 14))]
        if rng.random() < 0.5:  # single bytes, so that characters break
            ids = [i if rng.random() < 0.3 else rng.randrange(4, 260) for i in ids]
        decodes.append({"tokenizer": configurations[index][0], "ids": ids,
                        "text": tokenizer.decode(ids, skip_special_tokens=True),
                        "full": tokenizer.decode(ids, skip_special_tokens=False)})

    # Every character there is, in order.
    everything = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000)
    kinds = []
    for pattern in KINDS.values():
        pieces = pre_tokenizers.Split(Regex(pattern), "isolated").pre_tokenize_str(everything)
        kinds.append({"pattern": pattern, "pieces": len(pieces), "hash": fnv([len(p.encode()) for p, _ in pieces])})

    def block(entries):
        return "[\n" + ",\n".join(json.dumps(e, ensure_ascii=False, separators=(",", ":")) for e in entries) + "\n]"

    (here / "golden.json").write_text(f'{{"encodes": {block(lines)},\n"decodes": {block(decodes)},\n"kinds": {block(kinds)}}}\n')
    print(len(lines), "texts,", len(decodes), "decodes")


main()
