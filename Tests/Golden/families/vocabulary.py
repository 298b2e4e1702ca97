"""Tiny tokenizers of the families: the normalizers, patterns, decoders and special tokens of the real ones."""

import json

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

SENTENCES = [
    "What is in this picture? Describe the picture in one word.",
    "How many colours are there, and which of them is the brightest?",
    "Compare both pictures. USER: the assistant answers: A red square, a green circle, 12 blue lines.",
    "You are a helpful assistant. user system assistant Assistant User",
]
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
MISTRAL3 = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
# Marks belong to the letters before them.
QWEN35 = QWEN2.replace(r"]?\p{L}+", r"]?[\p{L}\p{M}]+").replace(r"[^\s\p{L}\p{N}]", r"[^\s\p{L}\p{M}\p{N}]")


def split(pattern):
    return [
        pre_tokenizers.Split(Regex(pattern), "isolated", invert=False),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ]


def byte_level(style, special, bos=None):
    tokenizer = Tokenizer(models.BPE(ignore_merges=style in ("llama3", "mistral3")))
    parts = {
        "qwen2": split(QWEN2),
        "qwen3_5": split(QWEN35),
        "llama3": split(LLAMA3),
        "mistral3": split(MISTRAL3),
        "smollm": [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)],
    }[style]
    if style in ("qwen2", "qwen3_5"):
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(parts)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=256 + 48, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    if bos:
        single, identifier = f"{bos} $A", tokenizer.token_to_id(bos)
        template = processors.TemplateProcessing(single=single, special_tokens=[(bos, identifier)])
        tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), template])
    else:
        tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def sentence_piece(style, special, control=("<unk>", "<s>", "</s>"), bos="<s>", runs=()):
    """A BPE with byte fallback: `llama` and `gemma` normalize spaces, `mistral` leaves them to a Metaspace pre-tokenizer.

    `control` are the first tokens of the vocabulary; without `bos` nothing stands before a text. `runs`
    are pieces that are merged of two others, or stand alone.
    """
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    trained.train_from_iterator(SENTENCES, trainers.BpeTrainer(vocab_size=150, show_progress=False))
    model = json.loads(trained.to_str())["model"]
    pieces = sorted(model["vocab"], key=model["vocab"].get)
    words = [*control] + [f"<0x{byte:02X}>" for byte in range(256)]
    words += [piece for piece in pieces if len(piece) > 1] + [piece for piece in pieces if len(piece) == 1]
    words += [run for run in runs if run not in words]
    merges = [tuple(merge) for merge in model["merges"]]
    for run in runs:
        merges += [(run[:end], run[end:]) for end in range(1, len(run)) if {run[:end], run[end:]} <= set(words)]
    tokenizer = Tokenizer(
        models.BPE(
            {word: index for index, word in enumerate(words)},
            merges,
            unk_token="<unk>",
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    if style == "gemma":
        tokenizer.normalizer = normalizers.Replace(" ", "▁")
        tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous", invert=False)
    elif style == "llama":
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    tokenizer.decoder = decoders.Sequence(steps if style == "gemma" else [*steps, decoders.Strip(" ", 1, 0)])
    first = [(bos, words.index(bos))] if bos else []
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{bos} $A" if bos else "$A", special_tokens=first)
    everything = [*control] + special
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in everything])
    return tokenizer


def with_lines(tokenizer):
    """Runs of line ends are tokens, as in Gemma's own vocabulary."""
    tokenizer.add_tokens([AddedToken("\n" * count, special=False, normalized=False) for count in range(1, 7)])
    return tokenizer


def with_places(tokenizer):
    tokenizer.add_tokens(PLACES)
    return tokenizer


# PaliGemma has names for 1024 places in a picture and 128 shapes; these would be most of a tiny vocabulary.
PLACES = [f"<loc{place:04}>" for place in range(16)] + ["<seg000>", "<seg001>"]
LINES = ["\n" * count for count in range(1, 6)] + [letter + "\n" * count for count in (1, 2) for letter in ".?:"]
ROWS = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
IDEFICS = ["<fake_token_around_image>", "<image>", "<end_of_utterance>", "<global-img>"]
QWEN_VISION = ["<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"]
THINKING = ["<think>", "</think>"]
MINICPM = {
    "image_token": "<|image_pad|>",
    "video_token": "<|video_pad|>",
    "image_start_token": "<image>",
    "image_end_token": "</image>",
    "slice_start_token": "<slice>",
    "slice_end_token": "</slice>",
    "image_id_start_token": "<image_id>",
    "image_id_end_token": "</image_id>",
}
CHATML = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
LFM2_FIRST = "<|startoftext|>"
LFM2 = ["<|pad|>", LFM2_FIRST, *CHATML, "<image>", "<|image_start|>", "<|image_end|>", "<|img_thumbnail|>"]
LFM2 += [f"<|img_row_{row}_col_{column}|>" for row in range(1, 7) for column in range(1, 7)]
GEMMA = {
    "boi_token": "<start_of_image>",
    "eoi_token": "<end_of_image>",
    "image_token": "<image_soft_token>",
}
# Only named tokens are of use here; the others are where control tokens of tools and thoughts are in a real vocabulary.
GEMMA4 = {
    "boi_token": "<|image>",
    "eoi_token": "<image|>",
    "image_token": "<|image|>",
    "boa_token": "<|audio>",
    "eoa_token": "<audio|>",
    "audio_token": "<|audio|>",
    "sot_token": "<|turn>",
    "eot_token": "<turn|>",
    "soc_token": "<|channel>",
    "eoc_token": "<channel|>",
    "str_token": "<|tool_response>",
    "etr_token": "<tool_response|>",
    "think_token": "<|think|>",
}
GEMMA_CONTROL = ("<pad>", "<eos>", "<bos>", "<unk>", "<mask>")
GRANITE = ["<|end_of_text|>", "<fim_prefix>", "<|start_of_role|>", "<|end_of_role|>", "<image>"]
MISTRAL3_TOKENS = ["[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[IMG]", "[IMG_BREAK]", "[IMG_END]"]
INTERN = {
    "start_image_token": "<img>",
    "end_image_token": "</img>",
    "context_image_token": "<IMG_CONTEXT>",
    "video_token": "<video>",
}

# name: tokenizer, text of the first and of the last token, further named tokens
KINDS = {
    "llama": lambda: (sentence_piece("llama", ["<pad>", "<image>"]), "<s>", "</s>", {}),
    "mistral": lambda: (sentence_piece("mistral", ["<image>", "<pad>"]), "<s>", "</s>", {}),
    "llama3": lambda: (
        byte_level("llama3", ["<|begin_of_text|>", "<|eot_id|>", "<image>"], "<|begin_of_text|>"),
        "<|begin_of_text|>",
        "<|eot_id|>",
        {},
    ),
    "qwen2": lambda: (byte_level("qwen2", CHATML + ["<image>", "<video>"]), None, "<|im_end|>", {}),
    "qwen2_vl": lambda: (byte_level("qwen2", CHATML + QWEN_VISION), None, "<|im_end|>", {}),
    "qwen3_5": lambda: (byte_level("qwen3_5", CHATML + QWEN_VISION + THINKING), None, "<|im_end|>", {}),
    "minicpm": lambda: (byte_level("qwen3_5", CHATML + list(MINICPM.values()) + THINKING), None, "<|im_end|>", MINICPM),
    "internvl": lambda: (byte_level("qwen2", CHATML + list(INTERN.values())), None, "<|im_end|>", INTERN),
    "internvl_llama": lambda: (
        byte_level("llama3", ["<|begin_of_text|>"] + CHATML + list(INTERN.values()), "<|begin_of_text|>"),
        "<|begin_of_text|>",
        "<|im_end|>",
        INTERN,
    ),
    "idefics3": lambda: (
        byte_level("llama3", ["<|begin_of_text|>"] + IDEFICS + ROWS),
        "<|begin_of_text|>",
        "<end_of_utterance>",
        {},
    ),
    "docling": lambda: (
        byte_level("smollm", GRANITE[:-1] + IDEFICS[:2] + IDEFICS[3:] + ROWS),
        "<|start_of_role|>",
        "<|end_of_text|>",
        {},
    ),
    "gemma3": lambda: (
        sentence_piece("gemma", ["<pad>", "<start_of_turn>", "<end_of_turn>", *GEMMA.values()]),
        "<s>",
        "<end_of_turn>",
        GEMMA,
    ),
    "gemma3_lines": lambda: (
        with_lines(sentence_piece("gemma", ["<pad>", "<start_of_turn>", "<end_of_turn>", *GEMMA.values()])),
        "<s>",
        "<end_of_turn>",
        GEMMA,
    ),
    "gemma3_merged": lambda: (
        sentence_piece("gemma", ["<pad>", "<start_of_turn>", "<end_of_turn>", *GEMMA.values()], runs=LINES),
        "<s>",
        "<end_of_turn>",
        GEMMA,
    ),
    "granite": lambda: (byte_level("smollm", GRANITE), "<|end_of_text|>", "<|end_of_text|>", {}),
    "granite4": lambda: (byte_level("llama3", GRANITE), "<|end_of_text|>", "<|end_of_text|>", {}),
    "gemma4": lambda: (
        sentence_piece("gemma", [*GEMMA4.values(), "<|video|>"], GEMMA_CONTROL, bos=None),
        "<bos>",
        "<eos>",
        GEMMA4,
    ),
    "paligemma": lambda: (with_places(sentence_piece("gemma", ["<image>"], GEMMA_CONTROL, "<bos>")), "<bos>", "<eos>", {}),
    "mistral3": lambda: (byte_level("mistral3", ["<unk>", "<s>", "</s>", "<pad>", *MISTRAL3_TOKENS], "<s>"), "<s>", "</s>", {}),
    "lfm2": lambda: (byte_level("llama3", LFM2, LFM2_FIRST), LFM2_FIRST, "<|im_end|>", {}),
    "smolvlm": lambda: (byte_level("smollm", CHATML + IDEFICS + ROWS), "<|im_start|>", "<end_of_utterance>", {}),
}
