"""Golden values of the model families from Hugging Face transformers in float32; README.md says what is where.

Needs: torch, transformers 5.23, h5py, Pillow, numpy; not torchvision, so that pictures are resized by Pillow. Families whose
processors know no other way than torchvision are made where it is there, and they alone.
Run from the top of the repository: python3 Tests/Golden/families/make_golden.py [FAMILY[/CONFIG] ...]
"""

import copy
import importlib.util
import json
import pathlib
import sys

# Before transformers looks for it.
HAS_TORCHVISION = importlib.util.find_spec("torchvision") is not None
if HAS_TORCHVISION:
    import torchvision_resize  # noqa: F401

import h5py
import injected
import native
import numpy as np
import perlayer
import pictures
import prefixed
import recurrent
import rows
import sliced
import tiled
import windowed
import torch
import transformers as t
import weights
from checkpoint import Checkpoint
from PIL import Image

HERE = pathlib.Path(__file__).parent
COLUMNS, PLACES, ANSWER = 12, 200, 32
GAP, DISTINCT = 2e-3, 8

FAMILIES = {
    "llava": (t.LlavaForConditionalGeneration, t.LlavaProcessor, tiled.LLAVA),
    "llava_next": (t.LlavaNextForConditionalGeneration, t.LlavaNextProcessor, tiled.LLAVA_NEXT),
    "llava_onevision": (t.LlavaOnevisionForConditionalGeneration, t.LlavaOnevisionProcessor, tiled.LLAVA_ONEVISION),
    "qwen2_vl": (t.Qwen2VLForConditionalGeneration, t.Qwen2VLProcessor, native.QWEN2_VL),
    "qwen2_5_vl": (t.Qwen2_5_VLForConditionalGeneration, t.Qwen2_5_VLProcessor, native.QWEN2_5_VL),
    "qwen3_vl": (t.Qwen3VLForConditionalGeneration, t.Qwen3VLProcessor, native.QWEN3_VL),
    "qwen3_5": (t.Qwen3_5ForConditionalGeneration, t.Qwen3VLProcessor, recurrent.QWEN3_5),
    "minicpmv4_6": (t.MiniCPMV4_6ForConditionalGeneration, sliced.MiniCPMV4_6Processor, sliced.MINICPMV4_6),
    "internvl": (t.InternVLForConditionalGeneration, t.InternVLProcessor, native.INTERNVL),
    "gemma3": (t.Gemma3ForConditionalGeneration, t.Gemma3Processor, windowed.GEMMA3),
    "gemma4": (t.Gemma4ForConditionalGeneration, perlayer.Gemma4Processor, perlayer.GEMMA4),
    "paligemma": (t.PaliGemmaForConditionalGeneration, t.PaliGemmaProcessor, prefixed.PALIGEMMA),
    "mistral3": (t.Mistral3ForConditionalGeneration, rows.PixtralProcessor, rows.MISTRAL3),
    "granite_vision": (t.LlavaNextForConditionalGeneration, t.LlavaNextProcessor, tiled.GRANITE_VISION),
    "granite4_vision": (
        t.Granite4VisionForConditionalGeneration,
        t.Granite4VisionProcessor,
        injected.GRANITE4_VISION,
    ),
    "idefics3": (t.Idefics3ForConditionalGeneration, t.Idefics3Processor, native.IDEFICS3),
    "smolvlm": (t.SmolVLMForConditionalGeneration, t.SmolVLMProcessor, native.SMOLVLM),
}
if HAS_TORCHVISION:
    import hybrid

    FAMILIES = {"lfm2_vl": (t.Lfm2VlForConditionalGeneration, t.Lfm2VlProcessor, hybrid.LFM2_VL)}
CASES = [
    ("square", ["square"], "What is in this picture?"),
    ("wide", ["wide"], "Describe the picture in one word."),
    ("tall", ["tall"], "How many colours are there, and which?"),
    ("tiny", ["tiny"], "Größe: 12 × 7? 日本 🙂"),
    ("two", ["square", "wide"], "Compare both pictures."),
]


BETWEEN = "between", ["tiny", "square"], "First <image> then <image>. Which is brighter?"


def cases(family):
    yield from ((*case, True) for case in CASES)
    if not family.startswith(("llava", "granite_vision", "paligemma")):
        # These families' templates leave pictures where they are in the text.
        yield *BETWEEN, True
    if family == "gemma4":
        # So flat that its height rounds to nothing.
        yield "strip", ["strip"], "What is this line?", True
    if family == "llava_onevision":
        # One list of pictures instead of one list a prompt: each is then a single image with tiles of its own.
        yield "two-flat", *CASES[-1][1:], False


def encode(processor, names, prompt, nested, call=None):
    text = [{"type": "text", "text": part} for part in prompt.split("<image>")]
    if len(text) > 1:
        content = [part for pair in zip(text, [{"type": "image"}] * len(names)) for part in pair] + text[-1:]
    else:
        content = [{"type": "image"} for _ in names] + text
    # Nobody writes a part without text; a template may count the parts.
    content = [part for part in content if part.get("text") != ""]
    if processor.chat_template or processor.tokenizer.chat_template:
        # Without a template of its own the processor leaves it to the tokenizer's, in tokenizer_config.json.
        text = processor.tokenizer.apply_chat_template(
            [{"role": "user", "content": content}],
            chat_template=processor.chat_template,
            add_generation_prompt=True,
            tokenize=False,
        )
    else:
        text = prompt
    images = [Image.open(HERE / "images" / f"{name}.png") for name in names]
    options = dict(call or {})
    # As `apply_chat_template` does when it is asked for tokens.
    if processor.tokenizer.bos_token and text.startswith(processor.tokenizer.bos_token):
        options["add_special_tokens"] = False
    inputs = processor(images=[images] if nested else images, text=text, return_tensors="pt", **options)
    # For training.
    inputs.pop("labels", None)
    return text, inputs


def pixels(inputs):
    """Pixel values without what pads inputs of different sizes."""
    if "spatial_shapes" in inputs:
        return inputs["pixel_values"][inputs["pixel_attention_mask"].bool()]
    if "image_position_ids" in inputs:
        return inputs["pixel_values"][(inputs["image_position_ids"] >= 0).all(-1)]
    values = inputs["pixel_values"]
    if "target_sizes" in inputs:
        # Patch after patch instead of row after row of all of them.
        channels, side = values.shape[1:3]
        return values.reshape(channels, side, -1, side).permute(2, 1, 3, 0).flatten(1)
    if "image_sizes" in inputs and values.dim() == 4:
        # One picture after another, whatever their sizes.
        return torch.cat([value[:, :height, :width].flatten() for value, (height, width) in zip(values, inputs["image_sizes"])])
    return values


def extents(inputs):
    """What the processor says of the pictures' sizes."""
    found = {key: inputs[key].tolist() for key in ("image_sizes", "image_grid_thw", "spatial_shapes", "target_sizes") if key in inputs}
    if "image_position_ids" in inputs:
        # Columns count first; what pads them is -1.
        found["patch_grids"] = (inputs["image_position_ids"].amax(1) + 1).flip(-1).tolist()
    return found


def fresh(model):
    """A model that has seen nothing: dynamic rotary frequencies are kept from one call to the next."""
    return copy.deepcopy(model)


@torch.no_grad()
def answer(model, inputs, reserved):
    """Greedy tokens and the smallest distance between the two best logits, or None where the answer is no good."""
    made = fresh(model).generate(
        **inputs, max_new_tokens=ANSWER, do_sample=False, output_logits=True, return_dict_in_generate=True
    )
    tokens = made.sequences[0, inputs["input_ids"].shape[1] :].tolist()
    best = torch.stack(made.logits)[:, 0].topk(2).values
    gap = (best[:, 0] - best[:, 1]).min().item()
    good = len(tokens) == ANSWER and gap > GAP and not reserved & set(tokens) and len(set(tokens)) >= DISTINCT
    return (tokens, gap) if good else None


def salted(checkpoint, encoded, reserved):
    """The first salt under which every answer is long, varied and decided clearly."""
    for attempt in range(4000):
        salt = str(attempt) if attempt else ""
        model, answers = checkpoint.model(salt), {}
        for name, (_, inputs) in encoded.items():
            answers[name] = answer(model, inputs, reserved)
            if not answers[name]:
                break
        else:
            return salt, model, answers
    raise RuntimeError(f"{checkpoint.folder}: no salt gives good answers")


@torch.no_grad()
def dump(family, spec):
    model_class, processor_class, _ = FAMILIES[family]
    folder = HERE / family / spec["name"]
    checkpoint = Checkpoint(family, (model_class, processor_class), spec, folder)
    processor = checkpoint.processor()
    encoded = {
        name: encode(processor, names, prompt, nested, spec.get("call")) for name, names, prompt, nested in cases(family)
    }
    configuration = checkpoint.configuration
    words, size = processor.tokenizer, configuration.text_config.vocab_size
    # Ids that begin or end an answer, stand for a picture or for nothing at all are for other tests to treat.
    reserved = {getattr(configuration, "image_token_id", None), words.bos_token_id, words.eos_token_id, words.pad_token_id}
    if family == "gemma4":
        # It reads any of these as padding, as if sound or a film stood there.
        reserved |= {configuration.audio_token_id, configuration.video_token_id}
    reserved |= set(range(len(words), size))
    reserved |= set(words.convert_tokens_to_ids(spec.get("ends", [])))
    salt, model, answers = salted(checkpoint, encoded, reserved)
    if checkpoint.layout != "v5":
        checkpoint.same_in_original_layout(salt, fresh(model), encoded["two"][1])
    entries = ",\n".join("    " + json.dumps(entry) for entry in checkpoint.entries)
    header = f'  "salt": {json.dumps(salt)},\n  "shards": {checkpoint.shards},\n'
    (folder / "tensors.json").write_text("{\n" + header + '  "tensors": [\n' + entries + "\n  ]\n}\n")

    rng = np.random.default_rng(5)
    columns = np.sort(rng.choice(size, COLUMNS, replace=False)).astype(np.int32)
    records = []
    with h5py.File(folder / "golden.h5", "w", libver="v110") as file:
        for name, names, prompt, nested in cases(family):
            text, inputs = encoded[name]
            ids = inputs["input_ids"][0].tolist()
            values = pixels(inputs).numpy()
            logits = fresh(model)(**inputs).logits[0]
            if len(logits) != len(ids):
                raise RuntimeError(f"{folder}: {len(logits)} rows of logits for {len(ids)} tokens")
            places = np.sort(rng.choice(values.size, min(PLACES, values.size), replace=False)).astype(np.int32)
            tokens, gap = answers[name]
            records.append(
                dict(
                    case=name,
                    images=[f"{image}.png" for image in names],
                    prompt=prompt,
                    nested=nested,
                    text=text,
                    image_tokens=ids.count(configuration.image_token_id),
                    input_ids=ids,
                    pixel_shape=list(values.shape),
                    **extents(inputs),
                    tokens=tokens,
                    smallest_gap=round(gap, 3),
                )
            )
            group = file.create_group(name)
            group["places"], group["pixel_values"] = places, values.reshape(-1)[places].astype(np.float32)
            group["logits"], group["log_sum_exp"] = logits[:, columns].numpy(), torch.logsumexp(logits, -1).numpy()
            if not np.isfinite(group["logits"][:]).all():
                raise RuntimeError(f"{folder}: logits are not finite")
    top = dict(
        family=family, layout=checkpoint.layout, dtype=checkpoint.dtype, vocabulary=size, columns=columns.tolist()
    )
    lines = [f'  "{key}": {json.dumps(value)}' for key, value in top.items()]
    body = ",\n".join("    " + json.dumps(record, ensure_ascii=False) for record in records)
    (folder / "golden.json").write_text("{\n" + ",\n".join(lines) + ',\n  "cases": [\n' + body + "\n  ]\n}\n")
    lengths = [len(record["input_ids"]) for record in records]
    gaps = min(record["smallest_gap"] for record in records)
    print(f"{family}/{spec['name']}: salt {salt!r}, prompts {lengths}, smallest gap {gaps}", flush=True)


def main():
    t.logging.set_verbosity_error()
    t.logging.disable_progress_bar()
    torch.set_num_threads(1)
    wanted = sys.argv[1:]
    pictures.write(HERE / "images")
    weights.write_samples(HERE / "weights.json")
    for family, (_, _, specs) in FAMILIES.items():
        for spec in specs:
            if not wanted or family in wanted or f"{family}/{spec['name']}" in wanted:
                dump(family, spec)


if __name__ == "__main__":
    main()
