"""Writes small tokenizers in the shapes of the families, and what Hugging Face's tokenizers makes of texts.

    python Tests/Golden/tokenization/make_families.py             writes bytes.json, characters.json, families.json
    python Tests/Golden/tokenization/make_families.py NAME BLOCK  prints the tokens of a block's texts

bytes.json and characters.json are trained here on the corpus of golden.json. families.json holds further texts and,
by configuration: a base file, the parts that replace the base's, hashes of the tokens of each block of 20 texts
(first those of golden.json, then the further ones) with control tokens parsed and as plain text, and decoded
id lists. Needs tokenizers.
"""

import copy
import json
import random
import sys
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

here = Path(__file__).parent
rng = random.Random(11)
BLOCK = 20
META = "\u2581"

QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
         r"|\s*[\r\n]+|\s+(?!\S)|\s+")
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
TEKKEN = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
          r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}"
          r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
DEEPSEEK = [r"\p{N}{1,3}", r"[一-龥぀-ゟ゠-ヿ]+",
            r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
            r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"]

FURTHER = [
    "  two", "   three", " x ", "x  ", "\ta", "a\t\tb", "\n\na\n", "a \n b", "\r\n", " \u00a0 x\u3000y ", "漢字 かな", "中 文 ",
    "👩‍👩‍👧‍👦 family", "🏳️‍🌈", "é e\u0301 \u0301e", "a\u0323\u0307b a\u0307\u0323b", "\u1112\u1161\u11ab\u1100\u1173\u11af 한글",
    "ﬁ ﬂ ſ ｶﾞ ① ½ ㎏ Å Ω K", "ǅ İI ΑΣ ΣΑΣ ß", "0 12 345 6789 1234567890 3.14 ٣٤٥ ²³", "1a2b3", "Ⅷ½x", f"{META}", f"{META}{META}a",
    f"a{META}b", f"{META} a", f" {META}a", f"x {META}", "\u00ff\u0100", "\U0001d11e\U0001d15e", "<0x41>", "<0x0A>\n", "<s>", "<s>a", " <s>a",
    "a<s>", "a <s> b", "a <s>b </s>", "<s> a</s> b", "<unk>a", "a <unk> b", "<image>", "a<image>b", "a <image> b", "a  <image>  b",
    "<image><image>", "<image>\n<image>\n", "  <image>", "<pad>x", "x\n<pad> \n y", "<left> a", "a  <left>  b", "a  <right>  b",
    "<right>\n<left>", "<right>  \n\n", "word", "words", " word ", "a word.", "word-word", "keyword", "_word", "wordé", "word\u0301",
    "YES yes Yes", "Ｙｅｓ", "\u212bng", "A\u030ang", " A\u030ang x", "ﬁne", "the ﬁne", "the fine", "<S>", "<Image>", "<IMAGE>",
    "\n", "\n\n", "\n\n\n\n<image>a", "<right> \n\n  \n\n b", "a\nb\n\nc", "<right>\nx", " . , ; :", "don't I'LL we've", "it’s", "$100+£5=€7", "a_b c-d e.f", "^`|~<>", "«q» “r” ¿s?",
    "x" * 40, "ab" * 30, " " * 40, META * 20, "\u0301" * 5, "é" * 30, "☃" * 9, "☃☄a☃", "\u0378\u0379", "\ue000x", "\u200b \u200d\ufeff",
    "USER: what is it? ASSISTANT:", "### Human: hi\n### Assistant:", "[INST] hi [/INST] ho</s>", "<|im_start|>user\nhi<|im_end|>\n",
    "C'est l'été à Montréal.", "Über straße", "a\u0338=\u0338", "\u0b47\u0b3e \u1b05\u1b35", "\u0eba\u0e38 a\u0eba\u0301", "a\U0001e130\u0334",
    "\u0f71\u0f72\u0f74", "\u03d2\u0301 \u1e9b\u0323", "x\u2028y\u2029z\u0085w", "camelCaseWord HTTPServer", "a1\nB2\nc3", "end\n",
    "one 22 three", "xxaxxbxx", "<<tag>> tag", "tag>", "a, b,c ,d", "--x--y--",
]

# What a tiny vocabulary of characters should have tokens for.
ALPHABET = ("".join(chr(c) for c in range(0x20, 0x7F) if chr(c) not in "~^`") + META + "éàüßçñ漢字かな中文한글あいうABCøæ’“”…—е\u0301\u0308"
            "съшьжнмия٣١٢नमस\n")


def corpus():
    """All texts that golden.json encodes, as it stores them."""
    texts = []
    for entry in json.loads((here / "golden.json").read_text())["encodes"]:
        if "hex" in entry:
            texts.append(bytes.fromhex(entry["hex"]).decode("utf-8", errors="replace"))
        else:
            texts.append(entry["text"] * entry.get("times", 1))
    return texts


def fnv(ids, value=0x811C9DC5):
    for number in ids:
        for byte in number.to_bytes(4, "little"):
            value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def train_bytes(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA3), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1200, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False)
    tokenizer.train_from_iterator(texts + [str(n) for n in range(300)], trainer)
    tokenizer.add_special_tokens(["<s>", "</s>", "<image>", AddedToken("<left>", lstrip=True), AddedToken("<right>", rstrip=True)])
    tokenizer.add_tokens([AddedToken("word", single_word=True), AddedToken("\n\n", normalized=False), AddedToken("\u00c5ng"),
                          AddedToken("ﬁne", normalized=True), AddedToken("café", normalized=False)])
    return json.loads(tokenizer.to_str())


def train_characters(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=900, initial_alphabet=sorted(ALPHABET), show_progress=False)
    kept = ["".join(c if c in ALPHABET else " " for c in t) for t in texts]
    tokenizer.train_from_iterator(kept, trainer)
    trained = json.loads(tokenizer.to_str())
    names = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    names += [t for t, _ in sorted(trained["model"]["vocab"].items(), key=lambda e: e[1]) if t not in names]
    trained["model"].update(vocab={t: i for i, t in enumerate(names)}, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    tokenizer = Tokenizer.from_str(json.dumps(trained | LLAMA2))
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>", "<image>", "<pad>", AddedToken("<left>", lstrip=True), AddedToken("<right>", rstrip=True)])
    tokenizer.add_tokens([AddedToken("word", single_word=True), AddedToken("\u00c5ng"), AddedToken("ﬁne"), AddedToken("Yes"),
                          AddedToken("\n\n", normalized=False)])
    return json.loads(tokenizer.to_str())


def replace(pattern, content):
    return {"type": "Replace", "pattern": {"String": pattern}, "content": content}


def expression(pattern, content):
    return {"type": "Replace", "pattern": {"Regex": pattern}, "content": content}


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def metaspace(scheme, splits=True, character=META):
    return {"type": "Metaspace", "replacement": character, "prepend_scheme": scheme, "split": splits}


def byte_level(prefix=False, regex=False):
    return {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": regex}


def normal(*steps):
    return {"normalizer": {"type": "Sequence", "normalizers": list(steps)}}


def pre(*steps):
    return {"pre_tokenizer": {"type": "Sequence", "pretokenizers": list(steps)}}


def decode(*steps):
    return {"decoder": {"type": "Sequence", "decoders": list(steps)}}


def model(**options):
    return {"model": options}


def flags(**options):
    return {"added": options}


def one(kind, **options):
    return {"type": kind} | options


STRIP = one("Strip", content=" ", start=1, stop=0)
LLAMA2 = (normal(one("Prepend", prepend=META), replace(" ", META)) | {"pre_tokenizer": None}
          | decode(replace(META, " "), one("ByteFallback"), one("Fuse"), STRIP))

B, C = "bytes", "characters"
CONFIGURATIONS = {
    # Families of byte-level vocabularies.
    "qwen2": (B, {"normalizer": one("NFC")} | pre(split(QWEN2), byte_level())),
    "llama3": (B, pre(split(LLAMA3), byte_level()) | model(ignore_merges=True)),
    "smollm2": (B, pre(one("Digits", individual_digits=True), byte_level(regex=True))),
    "gpt2": (B, {"pre_tokenizer": byte_level(regex=True)}),
    "gpt2 with a space": (B, {"pre_tokenizer": byte_level(prefix=True, regex=True)} | model(ignore_merges=True)),
    "tekken": (B, pre(split(TEKKEN), byte_level()) | model(ignore_merges=True)),
    "deepseek": (B, pre(*[split(p) for p in DEEPSEEK], byte_level())),
    "starcoder": (B, pre(one("Digits", individual_digits=True), byte_level(regex=True)) | {"normalizer": None}),
    # Odd mixtures of byte-level parts.
    "bytes in one piece": (B, {"pre_tokenizer": byte_level()}),
    "bytes, all lower case": (B, normal(one("NFKD"), one("Lowercase"), one("NFC")) | {"pre_tokenizer": byte_level(regex=True)}),
    "bytes, stripped": (B, normal(one("Strip", strip_left=True, strip_right=False), expression(r"\s+", " ")) | {"pre_tokenizer": byte_level(True, True)}),
    "bytes, lookahead": (B, pre(split("(?=[A-Z])"), split(r"\b", "Removed"), byte_level())),
    "bytes, contiguous": (B, pre(split("[aeiou]", "Contiguous"), one("Digits", individual_digits=False), byte_level())),
    "bytes, lines": (B, pre(split(r"^.|.$|(?m:x.y)", "MergedWithNext"), byte_level()) | decode(byte_level(), one("Fuse"), STRIP)),
    "bytes, words": (B, pre(split(r"\w+|[^\w\s]+", "Removed", True), split(r"\d|\W{2,}", "MergedWithPrevious"), byte_level(True))),
    # Families of vocabularies of characters.
    "llama2": (C, LLAMA2),
    "llama2, normalized added tokens": (C, LLAMA2 | flags(normalized=True)),
    "vicuna with merges ignored": (C, LLAMA2 | model(ignore_merges=True)),
    "mistral": (C, {"normalizer": None, "pre_tokenizer": metaspace("first", False)}),
    "mistral, normalized added tokens": (C, {"normalizer": None, "pre_tokenizer": metaspace("first", False)} | flags(normalized=True)),
    "gemma": (C, {"normalizer": replace(" ", META), "pre_tokenizer": split(" ", "MergedWithPrevious", kind="String")}
              | decode(replace(META, " "), one("ByteFallback"), one("Fuse"))),
    "phi3": (C, LLAMA2 | flags(rstrip=True)),
    "phi3, both sides": (C, LLAMA2 | flags(rstrip=True, lstrip=True, normalized=True)),
    "metaspace": (C, {"normalizer": None, "pre_tokenizer": metaspace("always"), "decoder": metaspace("always")}),
    "metaspace, first": (C, {"normalizer": None, "pre_tokenizer": metaspace("first"), "decoder": metaspace("first")}),
    "metaspace, never": (C, {"normalizer": None, "pre_tokenizer": metaspace("never"), "decoder": metaspace("never")}),
    "metaspace of old": (C, {"normalizer": None, "pre_tokenizer": one("Metaspace", replacement=META, add_prefix_space=True),
                             "decoder": one("Metaspace", replacement=META, add_prefix_space=True)}),
    # Odd mixtures of the parts.
    "unknown, fused": (C, LLAMA2 | model(byte_fallback=False, fuse_unk=True)),
    "unknown, each": (C, LLAMA2 | model(byte_fallback=False, fuse_unk=False)),
    "unknown, dropped": (C, LLAMA2 | model(byte_fallback=False, unk_token=None) | {"decoder": None}),
    "nfkc": (C, normal(one("NFKC"), one("Strip", strip_left=True, strip_right=True), expression(" {2,}", " ")) | {"pre_tokenizer": metaspace("first")}),
    "nfd": (C, normal(one("NFD"), one("Prepend", prepend=META), replace(" ", META)) | {"pre_tokenizer": None}),
    "nfkd": (C, normal(one("NFKD"), one("Lowercase")) | {"pre_tokenizer": metaspace("always")}),
    "nfc": (C, {"normalizer": one("NFC")} | pre(one("WhitespaceSplit"), metaspace("always", False))),
    "lower case": (C, normal(one("Lowercase"), replace("the", ""), one("Strip", strip_left=False, strip_right=True)) | {"pre_tokenizer": metaspace("first")}),
    "replaced two": (C, normal(replace("''", '"'), expression("^..", "<>"), expression("x*", "-")) | {"pre_tokenizer": metaspace("first", False)}),
    "prepended": (C, normal(one("Prepend", prepend="ab "), replace("a", "")) | {"pre_tokenizer": metaspace("first")}),
    "words": (C, {"normalizer": None, "pre_tokenizer": one("Whitespace")} | decode(one("Strip", content="a", start=1, stop=2), one("Fuse"))),
    "punctuation": (C, {"normalizer": None} | pre(one("Punctuation", behavior="Contiguous"), metaspace("always"))),
    "punctuation, isolated": (C, {"normalizer": None} | pre(one("Punctuation"), metaspace("first"))),
    "punctuation, removed": (C, {"normalizer": None} | pre(one("Punctuation", behavior="Removed"), one("Digits", individual_digits=False))),
    "punctuation, merged": (C, {"normalizer": None} | pre(one("Punctuation", behavior="MergedWithPrevious"), one("Punctuation", behavior="MergedWithNext"))),
    "split text": (C, {"normalizer": None} | pre(split("a", "Removed", kind="String"), split("the", "MergedWithNext", kind="String"), split("e.", "Contiguous", True), metaspace("first", False))
                   | decode(replace("th", "TH"), expression("[aeiou]+", "*"), one("Fuse"), replace("* ", "+"), one("Strip", content="*", start=2, stop=2))),
    "another replacement": (C, {"normalizer": None, "pre_tokenizer": metaspace("always", True, "_"), "decoder": metaspace("always", True, "_")}),
    "everything": (C, {"normalizer": None} | pre(one("Digits", individual_digits=True), one("Punctuation"), one("WhitespaceSplit"), split("[A-Z]+"), metaspace("always"))
                   | decode(one("Metaspace", replacement=META, prepend_scheme="first"), one("ByteFallback"))),
}


def build(base, parts):
    """The tokenizer of a base with parts replaced, as JSON."""
    result = copy.deepcopy(base)
    for key, value in parts.items():
        if key == "model":
            result["model"].update(value)
        elif key == "added":
            for token in result["added_tokens"]:
                token.update(value)
        else:
            result[key] = value
    return Tokenizer.from_str(json.dumps(result))


def encoded(tokenizer, texts, plain):
    tokenizer.encode_special_tokens = plain
    return [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]


def decodes(tokenizer, base):
    """Random id lists: tokens of texts with holes, byte tokens, any tokens."""
    result = []
    size = tokenizer.get_vocab_size()
    spaced = [i for t, i in tokenizer.get_vocab().items() if t.startswith((META, "\u0120"))]
    added = [t["id"] for t in base["added_tokens"]]
    for index in range(24):
        ids = [rng.randrange(size) for _ in range(rng.randint(1, 9))]
        if index % 3 == 1:  # single bytes, so that characters break
            text = "".join(rng.choice("aé漢👍\u0301") for _ in range(3)).encode()
            if base["model"]["byte_fallback"]:
                ids = [3 + b for b in text] + ids[:1]
            else:
                ids = [i for b in text for i in tokenizer.encode(bytes([b]).decode("latin-1")).ids[-1:]] + ids[:2]
            if rng.random() < 0.5:
                ids.pop(rng.randrange(len(ids)))
        if index % 3 == 2:
            ids = rng.sample(spaced, 2) + ids[:2] + [rng.choice(added)] + rng.sample(spaced, 1)
            if rng.random() < 0.3:
                ids.insert(0, rng.choice(added))
        result.append({"ids": ids, "text": tokenizer.decode(ids, skip_special_tokens=True),
                       "full": tokenizer.decode(ids, skip_special_tokens=False)})
    return result


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main():
    texts = corpus()
    everything = texts + FURTHER
    if len(sys.argv) == 3:
        name, block = sys.argv[1], int(sys.argv[2])
        base, parts = CONFIGURATIONS[name]
        tokenizer = build(json.loads((here / f"{base}.json").read_text()), parts)
        for text in everything[block * BLOCK:(block + 1) * BLOCK]:
            print(compact({"text": text[:200], "ids": encoded(tokenizer, [text], False)[0][:200], "plain": encoded(tokenizer, [text], True)[0][:200]}))
        return
    short = [t for t in texts if len(t) < 2000]
    bases = {B: train_bytes(short), C: train_characters(short)}
    for name, base in bases.items():
        (here / f"{name}.json").write_text(compact(base))
    lines = []
    for name, (base, parts) in CONFIGURATIONS.items():
        tokenizer = build(bases[base], parts)
        row = {"name": name, "base": base, "parts": parts}
        for key, plain in [("parsed", False), ("plain", True)]:
            ids = encoded(tokenizer, everything, plain)
            # A length before each text's tokens, so that a token cannot move from one text to the next.
            row[key] = [fnv([n for i in ids[s:s + BLOCK] for n in [len(i)] + i]) for s in range(0, len(ids), BLOCK)]
        tokenizer.encode_special_tokens = False
        row["decodes"] = decodes(tokenizer, bases[base])
        lines.append(compact(row))
    body = ",\n".join(lines)
    (here / "families.json").write_text(f'{{"further":{compact(FURTHER)},\n"configurations":[\n{body}\n]}}\n')
    print(len(everything), "texts,", len(lines), "configurations")


main()
