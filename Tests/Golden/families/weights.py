"""Weights from a formula: both sides of a comparison make the same numbers, so that no weights are stored.

A tensor called NAME in a checkpoint with salt SALT starts the SplitMix64 sequence at the 64-bit FNV-1a hash of
SALT + NAME. Element i takes the i-th output x; u = (x >> 40) / 2^24 - 0.5; its value is float32(u * a + b).
The scales have at most 12 significant bits, so that u * a + b is exact in double precision whatever the rounding
of the steps, fused or not.
"""

import json
import math

import numpy as np
import torch

DTYPES = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}


def fnv1a(text):
    state = 0xCBF29CE484222325
    for byte in text.encode():
        state = ((state ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return state


def values(name, shape, scale, offset):
    """The float32 values of a tensor whose salted name is `name`."""
    count = math.prod(shape)
    with np.errstate(over="ignore"):
        state = np.uint64(fnv1a(name)) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state = state ^ (state >> np.uint64(31))
    unit = (state >> np.uint64(40)).astype(np.float64) / 2**24 - 0.5
    return torch.from_numpy((unit * scale + offset).astype(np.float32).reshape(shape))


def twelve_bits(value):
    mantissa, exponent = math.frexp(value)
    return math.ldexp(round(mantissa * 4096), exponent - 12)


def scales(name, shape, tied, gain):
    """Scale and offset of a tensor: activations stay near 1 and the logits are far from flat."""
    scale, offset = scale_and_offset(name, shape, tied, gain)
    return twelve_bits(scale), offset


def scales_of_gemma(name, scale, offset):
    """Embeddings are multiplied by the root of the width, and norms by one more than their weight: both weigh less."""
    if "embed_tokens" in name:
        return twelve_bits(scale / 4), offset
    return (twelve_bits(0.6), 1) if "norm" in name else (scale, offset)


def scales_of_gemma4(name, shape, scale, offset):
    """Bounds of clipped products clip one value in five or ten; queries and keys are normed and not scaled afterwards."""
    bound = name.rsplit(".", 1)[-1]
    if bound in ("input_min", "input_max", "output_min", "output_max"):
        return 1, (1.5 if bound.startswith("input") else 2) * (-1 if bound.endswith("min") else 1)
    if bound == "layer_scalar":
        return twelve_bits(0.4), 0.75
    if bound in ("std_bias", "std_scale"):
        return (4, 0) if bound == "std_bias" else (twelve_bits(0.2), 0.25)
    if "embed_tokens" in name:
        return twelve_bits(scale / 4 if "per_layer" not in name else 1.2), offset
    return (twelve_bits(0.2), 0.5) if "q_norm" in name else (scale, offset)


def scales_of_qwen35(name, scale, offset):
    """Norms multiply by one more than their weight, but for that behind a delta rule; heads forget at different speeds."""
    if name.endswith("A_log"):
        return 4, -2
    if name.endswith("norm.weight") and "linear_attn" not in name:
        return scale, 0
    return scale, offset


def scale_and_offset(name, shape, tied, gain):
    if "norm" in name.lower() or "layrnorm" in name or ".ln_" in name or name.endswith("post_layernorm.weight"):
        return (0.4, 1) if name.endswith("weight") else (0.4, 0)
    if "lambda_" in name:
        return 0.4, 0.75
    if name.endswith((".query", ".image_positions")):
        # What a projector asks, and where the patches of its window are.
        return 2, 0
    if "image_newline" in name:
        return 3, 0
    if "embed_tokens" in name:
        # A tied table is the head as well: small rows keep the answer from repeating its last token.
        return math.sqrt(12) * (3 / math.sqrt(shape[1]) if tied else 1), 0
    if "lm_head" in name:
        return math.sqrt(12) * 3 / math.sqrt(shape[1]), 0
    if len(shape) < 2 or "position_embedding" in name or "pos_embed" in name or "class_embedding" in name or "_token" in name:
        return (1.5 if "position_embedding" in name else 0.4), 0
    fan_in = math.prod(shape[1:])
    return 2 * math.sqrt(3 / fan_in) * gain, 0


def fill(entries, salt):
    """Tensors by name in the type they are stored in; `entries` are those of tensors.json."""
    return {
        entry["name"]: values(salt + entry["name"], entry["shape"], entry["a"], entry["b"]).to(DTYPES[entry["dtype"]])
        for entry in entries
    }


def write_samples(path):
    """The first values of some tensors as bit patterns, for a test of another implementation of the formula."""
    samples = []
    for salt, name, scale, offset in [("", "lm_head.weight", 1.5, 0), ("7", "model.norm.weight", twelve_bits(0.4), 1)]:
        made = values(salt + name, [6], scale, offset)
        bits = {
            kind: made.to(dtype).view(torch.int32 if kind == "F32" else torch.int16) for kind, dtype in DTYPES.items()
        }
        mask = {"F32": 0xFFFFFFFF, "BF16": 0xFFFF, "F16": 0xFFFF}
        patterns = {kind: [value & mask[kind] for value in bits[kind].tolist()] for kind in DTYPES}
        samples.append(dict(salt=salt, name=name, seed=str(fnv1a(salt + name)), a=scale, b=offset) | patterns)
    path.write_text("[\n" + ",\n".join("  " + json.dumps(sample) for sample in samples) + "\n]\n")
