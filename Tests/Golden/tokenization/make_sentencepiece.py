"""Trains small models of SentencePiece, and writes the ids that it and transformers give.

    python Tests/Golden/tokenization/make_sentencepiece.py

Writes sentencepiece/NAME.model and sentencepiece.json. Needs sentencepiece, protobuf and transformers.
"""

import json
import shutil
import tempfile
from pathlib import Path

import sentencepiece
from transformers import AutoTokenizer

here = Path(__file__).parent
models = here / "sentencepiece"
repository = here.parent.parent.parent

TEXTS = [
    "Hello  world", "Describe the image.", "What is 12 + 345?  yes", "a\n\nb\tc", "漢字かな😀é", "naïve Straßen, мир!", "x" * 40,
    "", "a", "Ä", "tokens tokens tokens", "the picture's pixels; {\"a\": [1, 2]}", "\x00\x7f", "e\u0301", "Don't   stop",
    "mid<image>dle and <image>\n", "end ",
]
# transformers puts no space before these, SentencePiece does.
OTHERS = [" a", "  two", "<image> what?", "<s>a</s> b"]
KINDS = {
    "prefix": dict(vocab_size=700, byte_fallback=True, add_dummy_prefix=True, split_digits=True),
    "plain": dict(vocab_size=900, byte_fallback=True, add_dummy_prefix=False, allow_whitespace_only_pieces=True),
}


def main():
    shutil.rmtree(models, ignore_errors=True)
    models.mkdir()
    folders = []
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch) / "corpus.txt"
        text = "".join((repository / name).read_text() for name in ["README.md", "docs/METHODS.md", "docs/SECURITY.md"])
        corpus.write_text(text + "\nÄrger über Straßen, naïve café. 漢字かな交じり文。Привет, мир! y  =  3;\n" * 30)
        for name, options in KINDS.items():
            sentencepiece.SentencePieceTrainer.train(
                input=str(corpus), model_prefix=f"{scratch}/{name}", model_type="bpe", normalization_rule_name="identity",
                remove_extra_whitespaces=False, user_defined_symbols=["<image>"], minloglevel=2, **options)
            folder = Path(scratch) / f"folder-{name}"
            folder.mkdir()
            shutil.copy(f"{scratch}/{name}.model", folder / "tokenizer.model")
            shutil.copy(f"{scratch}/{name}.model", models / f"{name}.model")
            settings = {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>",
                        "add_bos_token": name == "prefix", "add_prefix_space": options["add_dummy_prefix"]}
            (folder / "tokenizer_config.json").write_text(json.dumps(settings))
            (folder / "config.json").write_text('{"model_type": "llama"}')
            own = sentencepiece.SentencePieceProcessor(str(folder / "tokenizer.model"))
            other = AutoTokenizer.from_pretrained(folder)
            ids = [own.encode(text) for text in TEXTS]
            for text, expected in zip(TEXTS, ids):
                found = other.encode(text, add_special_tokens=False)
                if found != expected:
                    print(f"{name}: {text!r}: SentencePiece {expected}, transformers {found}")
            ids += [other.encode(text, add_special_tokens=False) for text in OTHERS]
            folders.append({"model": name, "configuration": json.dumps(settings), "ids": ids,
                            "decoded": [other.decode(i, skip_special_tokens=True) for i in ids]})
    golden = {"texts": TEXTS + OTHERS, "folders": folders}
    (here / "sentencepiece.json").write_text(json.dumps(golden, ensure_ascii=False, indent=0) + "\n")


main()
