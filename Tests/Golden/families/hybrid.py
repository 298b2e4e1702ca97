"""Configurations of LFM2-VL, whose decoder has convolutions between its attention layers."""

import templates
import torchvision_resize  # noqa: F401
import transformers as t
from tiled import text


def lfm2(name, vision, language, tokens, patch=8, factor=2, projector=None, **rest):
    tied = rest.pop("tie_word_embeddings", True)
    base = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2, vision_use_head=False)
    vision = dict(base, model_type="siglip2_vision_model", patch_size=patch) | vision

    def config(words):
        decoder = text("lfm2", words, tie_word_embeddings=tied, **(dict(block_multiple_of=8) | language))
        return t.Lfm2VlConfig(
            vision_config=dict(vision),
            text_config=decoder,
            image_token_id=words.convert_tokens_to_ids("<image>"),
            downsample_factor=factor,
            tie_word_embeddings=tied,
            **(dict(projector_hidden_size=40) | (projector or {})),
        )

    picture = t.Lfm2VlImageProcessor(
        encoder_patch_size=patch,
        downsample_factor=factor,
        min_image_tokens=tokens[0],
        max_image_tokens=tokens[1],
        **rest.pop("changes", {}),
    )
    return dict(
        name=name, tokenizer="lfm2", config=config, picture=picture, template=templates.LFM2, processor={}, **rest
    )


def kinds(letters):
    return ["conv" if letter == "c" else "full_attention" for letter in letters]


LFM2_VL = [
    lfm2(
        "cut",
        dict(num_patches=16),
        dict(num_hidden_layers=5, layer_types=kinds("ccaca")),
        (4, 16),
        changes=dict(tile_size=64, max_tiles=6),
        layout="v4",
    ),
    lfm2(
        "whole",
        dict(num_patches=49, num_attention_heads=4, hidden_act="gelu"),
        dict(
            num_hidden_layers=4,
            layer_types=kinds("caac"),
            conv_bias=True,
            num_key_value_heads=1,
            hidden_size=64,
            block_ffn_dim_multiplier=1.3,
        ),
        (2, 24),
        patch=12,
        projector=dict(projector_use_layernorm=False, projector_hidden_act="silu"),
        changes=dict(do_image_splitting=False, resample=3),
        layout="hub",
        dtype="BF16",
    ),
    lfm2(
        "long-filter",
        dict(num_patches=25, num_hidden_layers=3),
        dict(num_hidden_layers=3, layer_types=kinds("aca"), conv_L_cache=5, block_auto_adjust_ff_dim=False, padding=7),
        (1, 12),
        patch=6,
        factor=3,
        projector=dict(projector_bias=False),
        changes=dict(tile_size=36, max_tiles=5, min_tiles=3, max_pixels_tolerance=1.2, use_thumbnail=False),
        tie_word_embeddings=False,
        dtype="F16",
        shards=2,
    ),
]
