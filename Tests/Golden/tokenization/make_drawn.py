"""Writes drawn.json: tokenizers drawn by seed from the parts that are supported, texts drawn for each, and what Hugging
Face's tokenizers makes of them.
    make_drawn.py [SEED] [COUNT] [FILE]
"""
import json
import pathlib
import random
import sys
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

POOLS = [
    "abcdefgh", "ABC xyz", "   ", "\n\r\t \u00a0\u2003\u3000", "0123456789", "٠٣Ⅷ²½", ".,;:!?'\"()[]{}<>-_#@/\\", "éàüñßÅÇ",
    "e\u0301a\u0308n\u0303\u0323", "ΌΔΟΣσς", "ДЖжй", "漢字かなカナ", "한글\u1112\u1161\u11ab", "👍🏽👩\u200d🚀🇩🇪", "ﬁﷺ①Å", "ابجد\u064b",
    "हिन्दी", "\ufffd\ue000\u0378\U000e0001\u200b\u00ad", "▁Ġ", "ọ̈ṩ", "İıſ", "'s't're'll", "ཱཱིུ",
]


class Draw:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, items):
        return self.random.choice(items)

    def chance(self, share):
        return self.random.random() < share

    def text(self, longest=24):
        count = self.random.randint(0, longest)
        pools = [self.pick(POOLS) for _ in range(self.random.randint(1, 4))]
        return "".join(self.pick(self.pick(pools)) if self.chance(0.85) else " " for _ in range(count))

    def normalizer(self):
        steps = [self.pick([
            normalizers.NFC, normalizers.NFD, normalizers.NFKC, normalizers.NFKD, normalizers.Lowercase,
            lambda: normalizers.Strip(self.chance(0.5), self.chance(0.5)), lambda: normalizers.Replace(" ", "▁"),
            lambda: normalizers.Replace(Regex(self.pick([r"\s+", r"[0-9]", r" {2,}", r"a|e"])), self.pick([" ", "x", ""])),
            lambda: normalizers.Prepend(self.pick(["▁", "x"])),
            lambda: normalizers.Replace("e", self.pick(["ee", "", "é"])),
        ])() for _ in range(self.pick([0, 0, 1, 1, 2, 3]))]
        if not steps:
            return None
        return steps[0] if len(steps) == 1 else normalizers.Sequence(steps)

    def behavior(self):
        return self.pick(["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"])

    def step(self):
        return self.pick([
            lambda: pre_tokenizers.Digits(self.chance(0.5)),
            lambda: pre_tokenizers.Punctuation(self.behavior()),
            pre_tokenizers.Whitespace, pre_tokenizers.WhitespaceSplit,
            lambda: pre_tokenizers.Split(self.pick([" ", "a", "'s"]), self.behavior(), self.chance(0.3)),
            lambda: pre_tokenizers.Split(
                Regex(self.pick([r"\p{N}", r"\s+", r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|\s+(?!\S)|\s+", r"(?i:'s|'t)| ?\p{L}+",
                                 r"\w+|[^\w\s]+", r"[\p{Han}]+", r"\n+"])), self.behavior(), self.chance(0.2)),
        ])()

    def tokenizer(self):
        is_bytes = self.chance(0.5)
        options = {"ignore_merges": self.chance(0.2)}
        if not is_bytes:
            options["byte_fallback"] = self.chance(0.4)
            options["fuse_unk"] = self.chance(0.5)
            if self.chance(0.7):
                options["unk_token"] = "<unk>"
        corpus = [self.text(40) for _ in range(60)] + ["the theme there hello hello world 123 ", "  \n"] * 3
        steps = [self.step() for _ in range(self.pick([0, 0, 1, 1, 2]))]
        if is_bytes:
            steps.append(pre_tokenizers.ByteLevel(add_prefix_space=self.chance(0.3), use_regex=self.chance(0.6)))
            decoder = decoders.ByteLevel()
        else:
            scheme = self.pick(["always", "first", "never"])
            if self.chance(0.6):
                steps.append(pre_tokenizers.Metaspace("▁", scheme, self.chance(0.7)))
            decoder = self.pick([
                lambda: None, lambda: decoders.Metaspace("▁", scheme),
                lambda: decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]),
                lambda: decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()]),
            ])()
        specials = ["<unk>", "<s>"] + (["<0x%02X>" % byte for byte in range(256)] if options.get("byte_fallback") else [])
        tokenizer = Tokenizer(models.BPE())
        if steps:
            tokenizer.pre_tokenizer = steps[0] if len(steps) == 1 else pre_tokenizers.Sequence(steps)
        normalizer = self.normalizer()
        if normalizer is not None:
            tokenizer.normalizer = normalizer
        tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
            vocab_size=len(specials) + (256 if is_bytes else 150) + self.random.randint(0, 60), special_tokens=specials if not is_bytes else [],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if is_bytes else [], show_progress=False))
        # Trained tokens keep their ids; what a model is has to be said when it is made.
        trained = json.loads(tokenizer.to_str())["model"]
        tokenizer.model = models.BPE(
            vocab=trained["vocab"], merges=[tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in trained["merges"]],
            **options)
        if decoder is not None:
            tokenizer.decoder = decoder
        for content in self.random.sample(["<s>", "<image>", "<im", "<image><s>", " b", "é", "the", "<|x|>", "A", "\n\n", "한"], 5):
            token = AddedToken(content, single_word=self.chance(0.2), lstrip=self.chance(0.2), rstrip=self.chance(0.2),
                               normalized=self.chance(0.4))
            (tokenizer.add_special_tokens if self.chance(0.6) else tokenizer.add_tokens)([token])
        return tokenizer

    def input(self):
        parts = [self.text() if self.chance(0.7) else self.pick(["<s>", "<image>", "<im", " b", "é", "the", "<|x|>", "A", "\n\n", "한"])
                 for _ in range(self.random.randint(1, 4))]
        return "".join(parts)


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 13
    path = sys.argv[3] if len(sys.argv) > 3 else pathlib.Path(__file__).parent / "drawn.json"
    draw, cases = Draw(seed), []
    while len(cases) < count:
        tokenizer = draw.tokenizer()
        tokenizer = Tokenizer.from_str(tokenizer.to_str())
        added = [token for token in tokenizer.get_added_tokens_decoder().values() if token.normalized]
        if tokenizer.normalizer and not all(tokenizer.normalizer.normalize_str(token.content) for token in added):
            # It is found everywhere, which is refused by name.
            continue
        texts = []
        for _ in range(200):
            if len(texts) == 40:
                break
            text = draw.input()
            try:
                ids = tokenizer.encode(text, add_special_tokens=False).ids
            except BaseException:
                # It panics where tokens take the same white space from both sides.
                continue
            texts.append([text, ids, tokenizer.decode(ids, skip_special_tokens=False)])
        if len(texts) < 40:
            continue
        cases.append({"tokenizer": tokenizer.to_str(), "texts": texts})
    pathlib.Path(path).write_text(json.dumps(cases, ensure_ascii=False, separators=(",", ":")) + "\n")


main()
