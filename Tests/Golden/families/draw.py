"""Draws configurations of a family, and compares what Espalier makes of each with transformers; then damages some.

    python Tests/Golden/families/draw.py FAMILY [--count 200] [--damaged 300] [--seed 0] [--espalier PROGRAM]

Ids must be equal, pixels within 1e-4 and logits of all positions within 2e-3. A damaged checkpoint must be imported, or refused
in one line with status 1. What fails is printed with its number, which draws it again: --only NUMBER. Needs what make_golden.py
needs, and a built `espalier`.
"""

import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import h5py
import injected
import make_golden
import native
import recurrent
import numpy as np
import perlayer
import prefixed
import rows
import sliced
import templates
import tiled
import torch
import transformers as t
import weights
import windowed
from checkpoint import Checkpoint
from tiled import rope, text

PROMPTS = [prompt for _, _, prompt in make_golden.CASES] + ["?", "First <image>, then what?", "a\n\n  b <image>"]
# Families with no place for pictures inside a text.
GATHERING = ["granite_vision", "paligemma"]
PICTURES = ["square", "wide", "tall", "tiny"]


def decoder(r, head_widths):
    """A text model of any shape, and half of its heads' width."""
    heads = r.choice([1, 2, 3, 4, 6])
    shape = dict(hidden_size=16 * r.randint(2, 5), intermediate_size=8 * r.randint(3, 14), num_attention_heads=heads)
    shape |= dict(num_key_value_heads=r.choice([n for n in (1, 2, 3, 4, 6) if heads % n == 0]), head_dim=r.choice(head_widths))
    shape |= dict(num_hidden_layers=r.randint(1, 4), padding=r.choice([0, 0, 1, 9]), rms_norm_eps=r.choice([1e-6, 1e-5]))
    return shape


def draw_qwen3(r):
    heads, depth = r.choice([1, 2, 4]), r.randint(1, 4)
    language = decoder(r, [8, 12, 16, 20, 32])
    half = language["head_dim"] // 2
    rows, columns = r.randint(1, half // 3), r.randint(1, half // 3)
    deep = r.sample(range(depth), r.randint(1, min(3, depth, language["num_hidden_layers"])))
    patch, merge = r.choice([8, 10, 12, 14, 16]), r.choice([2, 2, 3])
    vision = dict(depth=depth, num_heads=heads, hidden_size=heads * r.choice([8, 16, 24]), intermediate_size=8 * r.randint(3, 9))
    vision |= dict(patch_size=patch, spatial_merge_size=merge, num_position_embeddings=r.randint(3, 9) ** 2)
    vision |= dict(out_hidden_size=language["hidden_size"], deepstack_visual_indexes=deep)
    vision |= dict(hidden_act=r.choice(["gelu", "gelu_pytorch_tanh", "silu"]))
    tied = r.random() < 0.5
    language |= dict(attention_bias=r.random() < 0.3, tie_word_embeddings=tied)
    language |= dict(rope_parameters=native.interleaved(half - rows - columns, rows, columns))
    area, least = (patch * merge) ** 2, r.randint(1, 6)
    pixels = (area * least, area * (least + r.randint(4, 14)))
    return native.qwen("drawn", "qwen3_vl", vision, language, pixels, tie_word_embeddings=tied)


def draw_qwen35(r):
    heads = r.choice([1, 2, 4])
    language = decoder(r, [8, 16, 24, 32])
    language["num_hidden_layers"] = r.randint(1, 5)
    letters = [r.choice("dda") for _ in range(language["num_hidden_layers"])]
    letters[r.randrange(len(letters))] = "a"
    language |= dict(layer_types=recurrent.kinds(letters), linear_conv_kernel_dim=r.choice([2, 3, 4, 4, 5]))
    groups = r.choice([1, 2, 3])
    language |= dict(linear_num_key_heads=groups, linear_num_value_heads=groups * r.choice([1, 2, 3]))
    # Narrower heads give numbers near 0 now and then, of which a norm makes large ones, roundings included.
    language |= dict(linear_key_head_dim=r.choice([8, 11, 16, 33]), linear_value_head_dim=r.choice([8, 9, 16, 32]))
    share = r.choice([s for s in (0.25, 0.5, 0.75, 1.0) if int(language["head_dim"] * s) % 2 == 0 and language["head_dim"] * s >= 6])
    half = int(language["head_dim"] * share) // 2
    rows, columns = r.randint(1, half // 3), r.randint(1, half // 3)
    patch, merge = r.choice([8, 10, 12, 14, 16]), r.choice([2, 2, 3])
    vision = dict(depth=r.randint(1, 4), num_heads=heads, hidden_size=heads * r.choice([8, 16, 24]))
    vision |= dict(intermediate_size=8 * r.randint(3, 9), patch_size=patch, spatial_merge_size=merge)
    vision |= dict(num_position_embeddings=r.randint(3, 9) ** 2, out_hidden_size=language["hidden_size"])
    vision |= dict(hidden_act=r.choice(["gelu", "gelu_pytorch_tanh", "silu"]))
    language |= dict(attention_bias=r.random() < 0.3, hidden_act=r.choice(["silu", "silu", "gelu"]))
    language |= dict(rope_parameters=recurrent.partial(share, half - rows - columns, rows, columns))
    # Some prompts are longer than a chunk or two.
    area, least = (patch * merge) ** 2, r.choice([r.randint(1, 6), r.randint(20, 50)])
    pixels = (area * least, area * (least + r.randint(4, 14)))
    return recurrent.qwen35("drawn", vision, language, pixels, tie_word_embeddings=r.random() < 0.5)


def draw_minicpm(r):
    language = decoder(r, [8, 16, 24, 32])
    language["num_hidden_layers"] = r.randint(1, 4)
    letters = [r.choice("dda") for _ in range(language["num_hidden_layers"])]
    letters[r.randrange(len(letters))] = "a"
    language |= dict(layer_types=recurrent.kinds(letters), linear_conv_kernel_dim=r.choice([2, 3, 4, 4]))
    groups = r.choice([1, 2, 3])
    language |= dict(linear_num_key_heads=groups, linear_num_value_heads=groups * r.choice([1, 2]))
    language |= dict(linear_key_head_dim=r.choice([8, 11, 16, 33]), linear_value_head_dim=r.choice([8, 9, 16, 32]))
    share = r.choice([s for s in (0.25, 0.5, 0.75, 1.0) if int(language["head_dim"] * s) % 2 == 0])
    language |= dict(rope_parameters=sliced.plain(share), attention_bias=r.random() < 0.3, max_position_embeddings=2048)
    heads, patch, depth = r.choice([1, 2, 4]), r.choice([3, 4, 5, 6, 8, 14]), r.randint(1, 4)
    vision = dict(num_attention_heads=heads, hidden_size=heads * r.choice([8, 16, 24]), intermediate_size=8 * r.randint(3, 9))
    # Some tables have as many places as a picture has patches, or a part of them.
    vision |= dict(num_hidden_layers=depth, patch_size=patch, image_size=patch * r.randint(1, 80) + r.choice([0, 0, 1]))
    vision |= dict(hidden_act=r.choice(["gelu", "gelu_pytorch_tanh", "silu"]))
    changes = dict(resample=r.choice([2, 3, 3]), slice_mode=r.random() < 0.8, use_image_id=r.random() < 0.7)
    rest = dict(mode=r.choice(["16x", "16x", "4x"]), tie_word_embeddings=r.random() < 0.5, layout=r.choice(["v5", "v5", "v4"]))
    if rest["layout"] == "v4":
        # Without sections the older settings would rotate whole heads.
        half = int(language["head_dim"] * share) // 2
        language |= dict(rope_parameters=recurrent.partial(share, half - 2 * (half // 3), half // 3, half // 3))
    side = patch * r.randint(3, 20)
    return sliced.minicpm("drawn", vision, language, r.randrange(depth), side, r.randint(1, 9), changes=changes, **rest)


def draw_intern(r):
    heads, ratio = r.choice([1, 2, 4]), r.choice([0.5, 0.5, 0.25])
    patch, side = r.choice([8, 12, 14]), int(1 / ratio) * r.randint(1, 3)
    vision = dict(image_size=patch * side, patch_size=patch, num_attention_heads=heads, hidden_size=heads * r.choice([8, 16]))
    vision |= dict(intermediate_size=8 * r.randint(3, 9), num_hidden_layers=r.randint(1, 4))
    vision |= dict(use_qk_norm=r.random() < 0.4, use_mean_pooling=r.random() < 0.5, attention_bias=r.random() < 0.5)
    language = decoder(r, [8, 12, 16, 32])
    kind, tied = r.choice(["qwen3", "qwen3", "qwen2", "llama"]), r.random() < 0.5
    language |= dict(tie_word_embeddings=tied, rope_parameters=rope("default", theta=r.choice([1e4, 1e6])))
    if kind == "qwen3":
        language |= dict(attention_bias=r.random() < 0.3)
    else:
        language.pop("head_dim")
        language["hidden_size"] = language["num_attention_heads"] * 16
    least = r.randint(1, 2)
    rest = dict(downsample_ratio=ratio, tie_word_embeddings=tied, projector_hidden_act=r.choice(["gelu", "silu"]))
    return native.intern("drawn", vision, lambda w: text(kind, w, **language), (least, least + r.randint(0, 4)), **rest)


def draw_lfm2(r):
    import hybrid

    language = decoder(r, [16])
    language.pop("head_dim")
    language["hidden_size"] = language["num_attention_heads"] * r.choice([8, 12, 16])
    language["norm_eps"] = language.pop("rms_norm_eps")
    letters = [r.choice("ca") for _ in range(language["num_hidden_layers"])]
    letters[r.randrange(len(letters))] = "a"
    language |= dict(layer_types=hybrid.kinds(letters), conv_L_cache=r.choice([2, 3, 3, 4]), conv_bias=r.random() < 0.3)
    language |= dict(block_auto_adjust_ff_dim=r.random() < 0.6, block_ffn_dim_multiplier=r.choice([1.0, 1.3]))
    language |= dict(rope_parameters=rope("default", theta=r.choice([1e4, 1e6])))
    heads, patch, factor = r.choice([1, 2, 4]), r.choice([6, 8, 10, 14]), r.choice([2, 2, 3])
    vision = dict(num_attention_heads=heads, hidden_size=heads * r.choice([8, 16, 24]), intermediate_size=8 * r.randint(3, 9))
    vision |= dict(num_hidden_layers=r.randint(1, 3), num_patches=r.randint(2, 9) ** 2)
    vision |= dict(hidden_act=r.choice(["gelu", "gelu_pytorch_tanh"]))
    least, tiles = r.randint(1, 6), r.randint(2, 4)
    changes = dict(tile_size=patch * factor * r.randint(1, 4), min_tiles=tiles, max_tiles=tiles + r.randint(0, 4))
    changes |= dict(do_image_splitting=r.random() < 0.8, max_pixels_tolerance=r.choice([1.0, 1.5, 2.0]))
    changes |= dict(use_thumbnail=r.random() < 0.8, resample=r.choice([2, 2, 3]))
    projector = dict(projector_use_layernorm=r.random() < 0.5, projector_bias=r.random() < 0.7)
    projector |= dict(projector_hidden_act=r.choice(["gelu", "silu"]), projector_hidden_size=8 * r.randint(2, 8))
    rest = dict(patch=patch, factor=factor, projector=projector, changes=changes, tie_word_embeddings=r.random() < 0.6)
    return hybrid.lfm2("drawn", vision, language, (least, least + r.randint(4, 20)), **rest)


def draw_gemma3(r):
    language = decoder(r, [8, 12, 16, 20, 32])
    # The configuration wants a width that is a multiple of the heads.
    language["hidden_size"] = 16 * language["num_attention_heads"] * r.choice([1, 1, 2])
    language |= dict(query_pre_attn_scalar=r.choice([8, 16, 24, 256]), attention_bias=r.random() < 0.2)
    language |= dict(sliding_window=r.choice([3, 7, 16, 33, 64, 512]))
    language |= dict(layer_types=windowed.kinds(r.choice("ssf") for _ in range(language["num_hidden_layers"])))
    full = r.choice([rope("default", theta=1e6), rope("linear", theta=1e5, factor=r.choice([2.0, 8.0]))])
    language |= dict(rope_parameters=windowed.ropes(r.choice([1e4, 5e3]), **full))
    heads, patch = r.choice([1, 2, 4]), r.choice([8, 12, 14])
    side, pooled = r.randint(1, 3), r.randint(1, 3)
    vision = dict(image_size=patch * side * pooled, patch_size=patch, num_attention_heads=heads, vision_use_head=False)
    vision |= dict(hidden_size=heads * r.choice([8, 16, 24]), intermediate_size=8 * r.randint(3, 9))
    vision |= dict(num_hidden_layers=r.randint(1, 3), hidden_act=r.choice(["gelu", "gelu_pytorch_tanh"]))
    crops = windowed.crops(r.choice([8, 20, 40]), r.randint(2, 4), r.choice([1.0, 1.2, 2.0])) if r.random() < 0.5 else None
    return windowed.gemma3("drawn", vision, language, side**2, crops)


def draw_gemma4(r):
    language = decoder(r, [8, 12, 16, 20, 32])
    language |= dict(num_hidden_layers=r.randint(2, 7), global_head_dim=r.choice([8, 16, 24, 40]))
    letters = [r.choice("ssf") for _ in range(language["num_hidden_layers"] - 1)] + ["f"]
    # A kind of layers whose keys others take has to have a layer before them.
    least = max(letters.index(letter) for letter in set(letters)) + 1
    shared = r.randint(0, len(letters) - least) if r.random() < 0.7 else 0
    # transformers cannot share without inputs of layers.
    language |= dict(layer_types=windowed.kinds(letters), num_kv_shared_layers=shared)
    language |= dict(hidden_size_per_layer_input=r.choice([4, 8, 12] if shared else [0, 0, 4, 12]))
    language |= dict(use_double_wide_mlp=r.random() < 0.5, final_logit_softcapping=r.choice([None, 30.0, 5.0]))
    language |= dict(use_bidirectional_attention=r.choice([None, "vision"]), attention_bias=r.random() < 0.15)
    language |= dict(sliding_window=r.choice([3, 7, 16, 33, 64, 512]))
    language |= dict(hidden_activation=r.choice(["gelu_pytorch_tanh", "gelu_pytorch_tanh", "gelu", "silu"]))
    language |= dict(rope_parameters=perlayer.ropes(r.choice([1e4, 5e3]), r.choice([0.25, 0.5, 1.0])))
    if r.random() < 0.15:
        language |= dict(attention_k_eq_v=True)
    heads, pooled, budget = r.choice([1, 2, 4]), r.choice([2, 3, 3]), r.choice([70, 70, 70, 140])
    vision = dict(num_attention_heads=heads, num_key_value_heads=r.choice([n for n in (1, 2, 4) if heads % n == 0]))
    # Heads as wide as the tower, as all that were released have.
    width = 4 * r.randint(1, 5)
    vision |= dict(head_dim=width, hidden_size=heads * width, intermediate_size=8 * r.randint(3, 9))
    vision |= dict(num_hidden_layers=r.randint(1, 3), patch_size=r.choice([4, 5, 6, 8]), pooling_kernel_size=pooled)
    vision |= dict(position_embedding_size=budget * pooled + r.choice([0, 0, 9]), standardize=r.random() < 0.5)
    vision |= dict(use_clipped_linears=r.random() < 0.6, hidden_activation=r.choice(["gelu_pytorch_tanh", "gelu"]))
    changes = dict(resample=r.choice([2, 3, 3]))
    if r.random() < 0.15:
        changes |= dict(do_normalize=True, image_mean=[0.4, 0.5, 0.6], image_std=[0.3, 0.4, 0.5])
    rest = dict(budget=budget, changes=changes, sound=r.random() < 0.2, layout=r.choice(["hub", "v5"]))
    if shared and r.random() < 0.5:
        rest |= dict(unused=perlayer.shared_projections)
    return perlayer.gemma4("drawn", vision, language, template=r.choice([templates.GEMMA4, templates.GEMMA4_LARGE]), **rest)


def draw_paligemma(r):
    kind = r.choice(["gemma2", "gemma2", "gemma"])
    language = decoder(r, [8, 12, 16, 20, 32])
    language["hidden_size"] = 16 * language["num_attention_heads"] * r.choice([1, 1, 2])
    language |= dict(rope_parameters=rope("default", theta=r.choice([1e4, 1e5])), attention_bias=r.random() < 0.2)
    if kind == "gemma2":
        language |= dict(query_pre_attn_scalar=r.choice([8, 16, 24, 256]), sliding_window=r.choice([3, 7, 16, 33, 512]))
        language |= dict(attn_logit_softcapping=r.choice([None, 50.0, 3.0]), final_logit_softcapping=r.choice([None, 30.0, 8.0]))
        if r.random() < 0.4:
            language |= dict(layer_types=windowed.kinds(r.choice("ssf") for _ in range(language["num_hidden_layers"])))
    heads, patch = r.choice([1, 2, 4]), r.choice([8, 12, 14])
    vision = dict(image_size=patch * r.randint(1, 6), patch_size=patch, num_attention_heads=heads)
    vision |= dict(hidden_size=heads * r.choice([8, 16, 24]), intermediate_size=8 * r.randint(3, 9))
    vision |= dict(num_hidden_layers=r.randint(1, 3), hidden_act=r.choice(["gelu", "gelu_pytorch_tanh"]))
    # The oldest folders have no kinds of layers.
    layouts = ["v5", "v4"] if "layer_types" in language else ["v5", "v4", "hub"]
    return prefixed.paligemma(
        "drawn", kind, vision, language, layout=r.choice(layouts), changes=dict(resample=r.choice([2, 3, 3]))
    )


def draw_mistral3(r):
    kind = r.choice(["mistral", "ministral3"])
    language = decoder(r, [8, 12, 16, 20, 32])
    if kind == "mistral":
        language |= dict(rope_parameters=rope("default", theta=r.choice([1e4, 1e9])))
        if r.random() < 0.3:
            language |= dict(sliding_window=r.choice([7, 16, 64]))
    else:
        settings = dict(factor=r.choice([4.0, 16.0]), beta_fast=r.choice([32.0, 4.0]), beta_slow=r.choice([1.0, 0.5]))
        settings |= dict(mscale=r.choice([1.0, 0.8]), mscale_all_dim=r.choice([1.0, 0.5]))
        language |= dict(rope_parameters=rows.yarn(r.choice([16, 40, 1000]), r.choice([0.1, 0.4]), r.choice([1e4, 1e6]), **settings))
    heads, patch = r.choice([1, 2, 4]), r.choice([2, 3, 4])
    merge = r.choice([1, 2, 2, 3]) if patch == 2 else 2
    vision = dict(num_attention_heads=heads, hidden_size=heads * 4 * r.randint(2, 6), intermediate_size=8 * r.randint(3, 9))
    vision |= dict(num_hidden_layers=r.randint(2, 4), patch_size=patch, hidden_act=r.choice(["gelu", "silu"]))
    # Without layer 0: transformers takes its number for none.
    rest = dict(multimodal_projector_bias=r.random() < 0.4, projector_hidden_act=r.choice(["gelu", "silu"]))
    rest |= dict(vision_feature_layer=r.choice([-1, -1, -2, 1]), tie_word_embeddings=r.random() < 0.4)
    rest |= dict(changes=dict(resample=r.choice([2, 3, 3])))
    # Scaled queries came with transformers 5.
    rest |= dict(layout=r.choice(["v5", "v4", "hub"]) if kind == "mistral" else "v5")
    return rows.mistral3("drawn", kind, vision, language, patch * merge * r.randint(4, 8) + r.choice([0, 1, 3]), merge, **rest)


def multipliers(r):
    found = dict(embedding_multiplier=r.choice([0.3, 1.0, 12.0]), residual_multiplier=r.choice([0.22, 0.6, 1.0]))
    return found | dict(attention_multiplier=r.choice([0.05, 0.2, 0.4]), logits_scaling=r.choice([0.5, 1.0, 8.0]))


def draw_granite(r):
    language = decoder(r, [8])
    language.pop("head_dim")
    language["hidden_size"] = language["num_attention_heads"] * r.choice([8, 12, 16])
    language |= multipliers(r) | dict(attention_bias=r.random() < 0.3, mlp_bias=r.random() < 0.3)
    heads, depth, side = r.choice([1, 2, 4]), r.randint(2, 5), 14 * r.randint(2, 4)
    vision = dict(image_size=side, num_attention_heads=heads, hidden_size=heads * r.choice([8, 16, 24]))
    vision |= dict(intermediate_size=8 * r.randint(3, 9), num_hidden_layers=depth)
    vision |= dict(hidden_act=r.choice(["gelu", "gelu_pytorch_tanh"]))
    # Without the embeddings: transformers takes the number of layer 0 alone for none.
    layers = sorted(r.sample(range(-depth, 0), r.randint(1, min(depth, 4))))
    cells = [(rows, columns) for rows in range(1, 4) for columns in range(1, 4)]
    pinpoints = tiled.grid(side, *r.sample(cells, r.randint(2, 5)))
    rest = dict(tie_word_embeddings=r.random() < 0.5, projector_hidden_act=r.choice(["gelu", "silu"]))
    rest |= dict(layout=r.choice(["v5", "v4", "hub"]), changes=dict(resample=r.choice([2, 3, 3])))
    return tiled.granite_vision("drawn", tiled.siglip(**vision), language, pinpoints, layers, **rest)


def draw_granite4(r):
    language = decoder(r, [8])
    language.pop("head_dim")
    language["hidden_size"] = language["num_attention_heads"] * r.choice([8, 12, 16])
    language |= multipliers(r) | dict(attention_bias=r.random() < 0.3, mlp_bias=r.random() < 0.3)
    projectors = r.randint(1, 3)
    language["num_hidden_layers"] = projectors + r.randint(4, 6)
    depth, window = r.randint(2, 4), r.choice([2, 2, 4])
    patch, cells = r.choice([4, 8]), window * r.randint(1, 2)
    vision = dict(num_hidden_layers=depth, hidden_size=64 * r.randint(1, 2), patch_size=patch, image_size=patch * cells)
    vision |= dict(num_attention_heads=r.choice([1, 2, 4]), intermediate_size=8 * r.randint(3, 9))
    vision |= dict(hidden_act=r.choice(["gelu", "gelu_pytorch_tanh"]))
    # The engine wants pictures to be there from the first layer on.
    entered = [0] + r.sample(range(1, language["num_hidden_layers"]), projectors + 3)
    r.shuffle(entered)
    layers = [[r.choice([n for n in range(-depth, depth + 1) if n]), layer] for layer in entered[:projectors]]
    shapes = [(rows, columns) for rows in range(1, 4) for columns in range(1, 4)]
    pinpoints = injected.grid(vision["image_size"], *r.sample(shapes, r.randint(2, 5)))
    former = dict(num_hidden_layers=r.randint(1, 2), intermediate_size=8 * r.randint(3, 9), hidden_act=r.choice(["gelu", "silu"]))
    rest = dict(tie_word_embeddings=r.random() < 0.5, spatial_vision_layer=r.choice([-1, -1, -2, 1]))
    rest |= dict(changes=dict(resample=r.choice([2, 3, 3])))
    rate = f"{window // 2}/{window}"
    return injected.granite4("drawn", vision, language, rate, pinpoints, layers, entered[projectors:], former, **rest)


DRAWERS = {
    "gemma3": draw_gemma3,
    "gemma4": draw_gemma4,
    "granite4_vision": draw_granite4,
    "granite_vision": draw_granite,
    "internvl": draw_intern,
    "lfm2_vl": draw_lfm2,
    "minicpmv4_6": draw_minicpm,
    "mistral3": draw_mistral3,
    "paligemma": draw_paligemma,
    "qwen3_5": draw_qwen35,
    "qwen3_vl": draw_qwen3,
}


def build(family, r, folder):
    spec = DRAWERS[family](r) | dict(dtype=r.choice(["F32", "BF16", "F16"]), shards=r.choice([1, 1, 2]))
    checkpoint = Checkpoint(family, make_golden.FAMILIES[family][:2], spec, folder)
    salt = str(r.random())
    checkpoint.save(folder, weights.fill(checkpoint.entries, salt))
    return checkpoint, salt


def run(command, seconds=60):
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds, errors="replace")


@torch.no_grad()
def compare(program, family, r, scratch):
    """Nothing, or what differs."""
    checkpoint, salt = build(family, r, scratch / "model")
    prompt = r.choice([prompt for prompt in PROMPTS if family not in GATHERING or "<image>" not in prompt])
    pictures = PICTURES + ["strip"] if family == "gemma4" else PICTURES
    names = [r.choice(pictures) for _ in range(max(prompt.count("<image>"), r.choice([1, 1, 2])))]
    if "<image>" in prompt:
        names = names[: prompt.count("<image>")]
    _, inputs = make_golden.encode(checkpoint.processor(), names, prompt, True, checkpoint.spec.get("call"))
    logits = checkpoint.model(salt)(**inputs).logits[0].numpy()
    plan, trace = scratch / "plan.h5", scratch / "trace.h5"
    made = run([program, "import", scratch / "model", "--weights", "f32", "--output", plan])
    if made.returncode:
        return made.stderr.strip()
    pictures = [part for name in names for part in ("--image", make_golden.HERE / "images" / f"{name}.png")]
    made = run([program, "trace", plan, *pictures, "--prompt", prompt, "--output", trace])
    if made.returncode:
        return made.stderr.strip()
    with h5py.File(trace) as file:
        ids, pixels, found = file["input_ids"][:], file["pixel_values"][:], file["logits"][:]
    if ids.tolist() != inputs["input_ids"][0].tolist():
        return f"ids {ids.tolist()}, expected {inputs['input_ids'][0].tolist()}"
    expected = make_golden.pixels(inputs).numpy()
    if expected.ndim == 5:
        # Pictures with fewer tiles than others end in tiles of nothing.
        expected = np.concatenate([tiles[(tiles != 0).reshape(len(tiles), -1).any(1)] for tiles in expected])
    if pixels.size != expected.size:
        return f"pixels of shape {pixels.shape}, expected {expected.shape}"
    off = np.abs(np.sort(pixels.reshape(-1)) - np.sort(expected.reshape(-1))).max()
    if not off <= 1e-4:
        return f"pixels differ by {off}"
    off = np.abs(found[:, : logits.shape[1]] - logits).max()
    return None if off <= 2e-3 else f"logits differ by {off}"


ODD = [None, True, False, -1, 0, 1, 2, 3, 7, 10**6, 2**31, 2**63, -(2**63), 1.5, 1e308, -0.0, "", "x", "silu", [], [0], [1, 2, 3], {}]


def places(value, path=()):
    """Every value of a document."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield from places(part, (*path, key))


def damage_document(r, path):
    document = json.loads(path.read_text())
    for _ in range(r.choice([1, 1, 2])):
        found = list(places(document))
        if not found:
            return
        *parents, key = r.choice(found)
        target = document
        for parent in parents:
            target = target[parent]
        if isinstance(target, dict) and r.random() < 0.25:
            del target[key]
        else:
            target[key] = r.choice(ODD)
    path.write_text(json.dumps(document))


def damage_bytes(r, path):
    data = bytearray(path.read_bytes())
    if r.random() < 0.3:
        data = data[: r.randrange(len(data))]
    else:
        # A header says most.
        reach = min(len(data), 4096) if r.random() < 0.7 else len(data)
        for _ in range(r.randint(1, 4)):
            data[r.randrange(reach)] = r.randrange(256)
    path.write_bytes(bytes(data))


def damaged(program, r, base, scratch):
    folder = scratch / "damaged"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    documents = [path for path in sorted(folder.iterdir()) if path.suffix == ".json"]
    others = [path for path in sorted(folder.iterdir()) if path.suffix != ".json"]
    configs = [path for path in documents if path.name.startswith(("config", "processor", "preprocessor"))]
    kind = r.random()
    if kind < 0.6:
        damage_document(r, r.choice(configs))
    elif kind < 0.8:
        damage_document(r, r.choice(documents))
    elif kind < 0.97:
        damage_bytes(r, r.choice(others + documents))
    else:
        r.choice(documents + others).unlink()
    made = run([program, "import", folder, "--weights", "f32", "--output", scratch / "damaged.h5"])
    lines = [line for line in made.stderr.splitlines() if line.startswith("Error:")]
    if made.returncode == 0:
        return None
    if made.returncode == 1 and len(lines) == 1 and len(made.stderr.strip().splitlines()) == 1:
        return None
    return f"status {made.returncode}: {made.stderr[-500:]}"


def main():
    t.logging.set_verbosity_error()
    t.logging.disable_progress_bar()
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser()
    parser.add_argument("family", choices=DRAWERS)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--damaged", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int)
    parser.add_argument("--espalier", default=".build/release/espalier")
    options = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        numbers = range(options.count) if options.only is None else [options.only]
        for number in numbers:
            problem = compare(options.espalier, options.family, random.Random(f"{options.seed}/{number}"), scratch)
            if problem:
                failures += 1
                print(f"{options.family} {number}: {problem}", flush=True)
        print(f"{options.family}: {len(numbers)} drawn, {failures} differ", flush=True)
        wrong = refused = 0
        for number in range(options.damaged if options.only is None else 0):
            r = random.Random(f"{options.seed}/damaged/{number}")
            if number % 20 == 0:
                build(options.family, r, scratch / "base")
            problem = damaged(options.espalier, r, scratch / "base", scratch)
            refused += not (scratch / "damaged.h5").exists()
            (scratch / "damaged.h5").unlink(missing_ok=True)
            if problem:
                wrong += 1
                print(f"{options.family} damaged {number}: {problem}", flush=True)
        print(f"{options.family}: {options.damaged} damaged, {refused} refused, {wrong} badly", flush=True)
    sys.exit(bool(failures or wrong))


main()
