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
import make_golden
import native
import recurrent
import numpy as np
import torch
import transformers as t
import weights
import windowed
from checkpoint import Checkpoint
from tiled import rope, text

PROMPTS = [prompt for _, _, prompt in make_golden.CASES] + ["?", "First <image>, then what?", "a\n\n  b <image>"]
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


DRAWERS = {"gemma3": draw_gemma3, "qwen3_vl": draw_qwen3, "qwen3_5": draw_qwen35, "internvl": draw_intern, "lfm2_vl": draw_lfm2}


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
    prompt = r.choice(PROMPTS)
    names = [r.choice(PICTURES) for _ in range(max(prompt.count("<image>"), r.choice([1, 1, 2])))]
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
