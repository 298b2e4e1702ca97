"""Configurations of MiniCPM-V, whose tower merges patches between two of its layers."""

import templates
import transformers as t
from recurrent import kinds, partial
from tiled import rope, text

TOKENS = ["image", "video"]
ENDS = [f"{part}_{end}" for part in ("image", "slice", "image_id") for end in ("start", "end")]


class MiniCPMV4_6Processor(t.MiniCPMV4_6Processor):
    """Without the part for videos, which wants torchvision."""

    def __init__(self, image_processor, tokenizer, chat_template=None):
        t.ProcessorMixin.__init__(self, image_processor, tokenizer, chat_template=chat_template)
        self.slice_mode, self.default_use_image_id = image_processor.slice_mode, image_processor.use_image_id
        for name in [f"{token}_token" for token in TOKENS + ENDS]:
            setattr(self, name, getattr(tokenizer, name))
        for name in TOKENS:
            setattr(self, f"{name}_token_id", getattr(tokenizer, f"{name}_token_id"))


def minicpm(name, vision, language, behind, side, slices, mode="16x", **rest):
    tied = rest.pop("tie_word_embeddings", False)
    base = dict(hidden_size=32, intermediate_size=40, num_hidden_layers=3, num_attention_heads=2, patch_size=6, image_size=42)
    rule = dict(linear_num_key_heads=2, linear_num_value_heads=4, linear_key_head_dim=12, linear_value_head_dim=16)
    vision = base | vision

    def config(words):
        decoder = text("qwen3_5_text", words, **(rule | dict(tie_word_embeddings=tied) | language))
        return t.MiniCPMV4_6Config(
            text_config=decoder,
            vision_config=dict(vision),
            insert_layer_id=behind,
            downsample_mode=mode,
            tie_word_embeddings=tied,
            image_token_id=words.image_token_id,
            video_token_id=words.video_token_id,
        )

    options = dict(patch_size=vision["patch_size"], scale_resolution=side, max_slice_nums=slices, downsample_mode=mode)
    picture = t.MiniCPMV4_6ImageProcessorPil(**options, **rest.pop("changes", {}))
    return dict(
        name=name, tokenizer="minicpm", config=config, picture=picture, template=templates.MINICPM, processor={}, **rest
    )


def plain(share, theta=10000000.0):
    return rope("default", theta=theta, partial_rotary_factor=share)


MINICPMV4_6 = [
    minicpm(
        "sliced",
        {},
        dict(num_hidden_layers=5, head_dim=24, rope_parameters=partial(0.5, 2, 2, 2)),
        behind=0,
        side=48,
        slices=9,
        layout="v4",
    ),
    minicpm(
        "four",
        dict(num_attention_heads=4, patch_size=8, image_size=72, hidden_act="gelu"),
        dict(hidden_size=64, num_hidden_layers=3, layer_types=kinds("dad"), head_dim=32, rope_parameters=plain(0.25)),
        behind=1,
        side=40,
        slices=4,
        mode="4x",
        tie_word_embeddings=True,
        dtype="BF16",
        changes=dict(use_image_id=False, resample=2),
    ),
    minicpm(
        "last",
        dict(hidden_size=48, num_attention_heads=3, patch_size=4, image_size=76, num_hidden_layers=2),
        dict(num_hidden_layers=4, layer_types=kinds("adda"), head_dim=20, num_key_value_heads=1, attention_bias=True)
        | dict(rope_parameters=partial(1.0, 5, 3, 2), padding=7),
        behind=1,
        side=64,
        slices=6,
        dtype="F16",
        shards=2,
        changes=dict(image_mean=[0.4, 0.5, 0.6], image_std=[0.3, 0.4, 0.5]),
    ),
]
