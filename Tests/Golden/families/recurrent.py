"""Configurations of Qwen3.5, most of whose layers read their rows into a state."""

import templates
import transformers as t
from native import QWEN_IDS, QWEN_PATCHES, interleaved
from tiled import text


def qwen35(name, vision, language, pixels, **rest):
    tied = rest.pop("tie_word_embeddings", False)
    tower = dict(depth=3, hidden_size=32, num_heads=2, intermediate_size=40, patch_size=16, num_position_embeddings=36)
    vision = tower | vision
    base = dict(linear_num_key_heads=2, linear_num_value_heads=4, linear_key_head_dim=12, linear_value_head_dim=16)

    def config(words):
        ids = {key: words.convert_tokens_to_ids(f"<|{name}|>") for key, name in QWEN_IDS.items()}
        decoder = text("qwen3_5_text", words, **(base | dict(tie_word_embeddings=tied) | language))
        return t.Qwen3_5Config(text_config=decoder, vision_config=dict(vision), tie_word_embeddings=tied, **ids)

    size = {"shortest_edge": pixels[0], "longest_edge": pixels[1]}
    patches = {key: vision.get(full, default) for key, full, default in QWEN_PATCHES}
    picture = t.Qwen2VLImageProcessorPil(size=size, **patches, **rest.pop("changes", {}))
    return dict(
        name=name, tokenizer="qwen3_5", config=config, picture=picture, template=templates.QWEN35, processor={}, **rest
    )


def kinds(letters):
    return ["linear_attention" if letter == "d" else "full_attention" for letter in letters]


def partial(share, *section, theta=10000000.0):
    return interleaved(*section) | dict(rope_theta=theta, partial_rotary_factor=share)


QWEN3_5 = [
    qwen35(
        "three-and-one",
        dict(out_hidden_size=48),
        dict(num_hidden_layers=5, head_dim=24, rope_parameters=partial(0.5, 2, 2, 2)),
        (32 * 32 * 4, 32 * 32 * 16),
        layout="v4",
    ),
    qwen35(
        "tied",
        dict(out_hidden_size=64, patch_size=14, num_position_embeddings=49, num_heads=4),
        dict(
            hidden_size=64,
            num_hidden_layers=3,
            layer_types=kinds("dad"),
            head_dim=32,
            attention_bias=True,
            linear_num_value_heads=2,
            linear_conv_kernel_dim=3,
            rope_parameters=partial(0.25, 2, 1, 1),
        ),
        (28 * 28 * 4, 28 * 28 * 20),
        tie_word_embeddings=True,
        dtype="BF16",
        changes=dict(image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.5, 0.5]),
    ),
    qwen35(
        "wide-values",
        dict(out_hidden_size=48, depth=2, patch_size=12, spatial_merge_size=3, hidden_act="gelu"),
        dict(
            num_hidden_layers=4,
            layer_types=kinds("adda"),
            head_dim=20,
            num_key_value_heads=1,
            linear_num_key_heads=1,
            linear_num_value_heads=3,
            linear_key_head_dim=7,
            linear_value_head_dim=24,
            rope_parameters=partial(1.0, 5, 3, 2),
            padding=7,
        ),
        (36 * 36 * 40, 36 * 36 * 60),
        dtype="F16",
        shards=2,
    ),
]
