"""Golden values of the reference model from Hugging Face transformers in float32.

Writes beside this script:
  greedy.json   greedy token ids of every prompt of test.jsonl (up to 64 new tokens)
  parity.h5     for some prompts: input ids, logits of every position at fixed columns and their log-sum-exp,
                hidden states at fixed columns, pixel values at fixed places
  wide.png      a picture that is not square, so that resize and crop take part

Needs: torch, transformers, h5py, Pillow, numpy. The tests that read these files need none of them.
Run from the top of the repository: python3 Tests/Golden/reference/make_golden.py
"""

import json
import pathlib

import h5py
import numpy as np
import torch
from PIL import Image
from transformers import AutoProcessor, LlavaForConditionalGeneration

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[2]
MODEL = ROOT / "calib/reference-model"
SCENES = ROOT / "calib/digit-scenes"
SAMPLES = [0, 5, 83, 250]
COLUMNS = 48
PLACES = 512


def wide_picture():
    rng = np.random.default_rng(7)
    coarse = Image.fromarray(rng.integers(0, 256, (9, 15, 3), dtype=np.uint8))
    return coarse.resize((301, 180), Image.Resampling.BICUBIC)


def inputs(processor, picture, prompt):
    conversation = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": prompt}]}]
    text = processor.apply_chat_template(conversation, add_generation_prompt=True)
    return processor(images=picture, text=text, return_tensors="pt")


@torch.no_grad()
def main():
    torch.manual_seed(0)
    processor = AutoProcessor.from_pretrained(MODEL)
    model = LlavaForConditionalGeneration.from_pretrained(MODEL, dtype=torch.float32).eval()
    lines = [json.loads(line) for line in open(SCENES / "test.jsonl")]
    wide_picture().save(HERE / "wide.png")
    rng = np.random.default_rng(1)
    columns = np.sort(rng.choice(1024, COLUMNS, replace=False)).astype(np.int32)
    places = np.sort(rng.choice(3 * 224 * 224, PLACES, replace=False)).astype(np.int32)

    with h5py.File(HERE / "parity.h5", "w", libver="v110") as file:
        file["columns"] = columns
        file["places"] = places
        cases = [(lines[index]["image"], SCENES / lines[index]["image"], lines[index]["prompt"]) for index in SAMPLES]
        cases.append(("wide.png", HERE / "wide.png", "Describe the image."))
        for number, (name, path, prompt) in enumerate(cases):
            encoded = inputs(processor, Image.open(path), prompt)
            result = model(**encoded, output_hidden_states=True)
            logits = result.logits[0].numpy()
            group = file.create_group(str(number))
            group.attrs["image"] = np.bytes_(name)
            group.attrs["prompt"] = np.bytes_(prompt)
            group["input_ids"] = encoded["input_ids"][0].numpy().astype(np.int32)
            group["pixel_values"] = encoded["pixel_values"].numpy().reshape(-1)[places]
            group["logits"] = logits[:, columns]
            group["log_sum_exp"] = torch.logsumexp(result.logits[0], -1).numpy()
            # The last state of transformers is behind the final norm; the others are the residual stream.
            states = torch.stack(result.hidden_states[:-1])[:, 0]
            group["hidden_states"] = states[:, -8:, :].numpy()

    answers = []
    for line in lines:
        encoded = inputs(processor, Image.open(SCENES / line["image"]), line["prompt"])
        tokens = model.generate(**encoded, max_new_tokens=64, do_sample=False)[0, encoded["input_ids"].shape[1]:]
        answers.append(json.dumps({"id": line["id"], "tokens": tokens.tolist()}))
    (HERE / "greedy.json").write_text("[\n" + ",\n".join(answers) + "\n]\n")


main()
