"""Writes vocabulary_files.json: folders with vocab.json and merges.txt but no tokenizer.json, and the ids that
transformers makes of texts with them."""
import json
import pathlib
import random
import tempfile
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import AutoTokenizer

TEXTS = [
    "", " ", "Hello world", "the  there 123 4567\n\n  x", "e\u0301 é Å ﬁ", "<image>What's this?<|endoftext|>", "don't DON'T we'll", "漢字 👍🏽\r\n",
    "<pad><x><image> <image>", " \t\n ", "a<|im_start|>user\nb<|im_end|>",
]


def trained():
    random.seed(15)
    corpus = ["the there theme hello world what's this 123 4567 don't we'll é user assistant\n"] * 5
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
        vocab_size=300, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return json.loads(tokenizer.to_str())["model"]


def token(content, **flags):
    return {"content": content, "lstrip": False, "rstrip": False, "normalized": False, "single_word": False, "special": True} | flags


CONFIGURATIONS = [
    {"tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "bos_token": None,
     "additional_special_tokens": ["<|im_start|>", "<|im_end|>"],
     "added_tokens_decoder": {"302": token("<|im_end|>"), "301": token("<|im_start|>"), "300": token("<|endoftext|>"), "303": token("<image>", rstrip=True)}},
    {"tokenizer_class": "GPT2TokenizerFast", "eos_token": "<|endoftext|>", "pad_token": "<pad>", "additional_special_tokens": ["<x>"],
     "added_tokens_decoder": {"0": token("<image>", special=False), "9": token("<|endoftext|>")}},
    {"eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
     "added_tokens_decoder": {"300": token("<|endoftext|>"), "301": token("<image>")}},
]


def main():
    model, folders = trained(), []
    for configuration in CONFIGURATIONS:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            merges = "#version: 0.2\n" + "\n".join(" ".join(m) if isinstance(m, list) else m for m in model["merges"]) + "\n"
            (folder / "vocab.json").write_text(json.dumps(model["vocab"], ensure_ascii=False))
            (folder / "merges.txt").write_text(merges)
            (folder / "tokenizer_config.json").write_text(json.dumps(configuration))
            (folder / "config.json").write_text(json.dumps({"model_type": "qwen2_vl"}))
            tokenizer = AutoTokenizer.from_pretrained(folder)
            folders.append({
                "configuration": json.dumps(configuration),
                "ids": [tokenizer(text, add_special_tokens=False).input_ids for text in TEXTS]})
    golden = {"vocabulary": json.dumps(model["vocab"], ensure_ascii=False), "merges": merges, "texts": TEXTS, "folders": folders}
    path = pathlib.Path(__file__).parent / "vocabulary_files.json"
    path.write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")


main()
