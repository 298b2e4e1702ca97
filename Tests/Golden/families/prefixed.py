"""Configurations of PaliGemma, whose pictures and question see each other both ways, and which has no chat template."""

import transformers as t
from tiled import siglip, text
from windowed import kinds


def paligemma(name, kind, vision, language, **rest):
    vision = siglip(**vision)
    side, patch = vision["image_size"], vision["patch_size"]

    def config(words):
        decoder = text(kind, words, tie_word_embeddings=True, **(dict(head_dim=16) | language))
        return t.PaliGemmaConfig(
            vision_config=dict(vision),
            text_config=decoder,
            projection_dim=decoder["hidden_size"],
            hidden_size=decoder["hidden_size"],
            vocab_size=decoder["vocab_size"],
            image_token_index=words.convert_tokens_to_ids("<image>"),
        )

    picture = t.SiglipImageProcessorPil(
        size={"height": side, "width": side},
        image_seq_length=(side // patch) ** 2,
        **(dict(image_mean=[0.5] * 3, image_std=[0.5] * 3) | rest.pop("changes", {})),
    )
    return dict(name=name, tokenizer="paligemma", config=config, picture=picture, template=None, processor={}, **rest)


PALIGEMMA = [
    paligemma(
        "second",
        "gemma2",
        dict(image_size=56, hidden_act="gelu_pytorch_tanh"),
        dict(num_hidden_layers=4, query_pre_attn_scalar=20, sliding_window=11),
        layout="hub",
    ),
    paligemma(
        "capped",
        "gemma2",
        dict(image_size=48, patch_size=8, num_hidden_layers=3),
        dict(
            num_hidden_layers=5,
            layer_types=kinds("fsssf"),
            num_key_value_heads=1,
            query_pre_attn_scalar=12,
            sliding_window=7,
            attn_logit_softcapping=3.0,
            final_logit_softcapping=8.0,
            padding=5,
        ),
        dtype="BF16",
        shards=2,
        gain=1.8,
        changes=dict(resample=2),
    ),
    paligemma(
        "first",
        "gemma",
        dict(image_size=42, num_attention_heads=2),
        dict(num_hidden_layers=3, hidden_size=64, num_key_value_heads=1, head_dim=24),
        layout="v4",
        dtype="F16",
    ),
]
