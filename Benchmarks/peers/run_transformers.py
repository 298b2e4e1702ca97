"""Times transformers on PyTorch: python3 Benchmarks/peers/run_transformers.py CHECKPOINT IMAGE PROMPT

Prints one JSON object: what a request took, by request. Stages are those of `espalier-run --json`: "image"
reads and prepares the picture and the words, "vision" is tower and projector, "prefill" the rest up to the
first token. With --openvino FOLDER the model is one that convert_openvino.sh made, run by optimum-intel,
which knows more families than OpenVINO GenAI. Needs torch, transformers and Pillow, and no torchvision.
"""

import argparse
import functools
import json
import pathlib
import time

import torch
import transformers as t
from PIL import Image
from transformers import ProcessorMixin, SmolVLMProcessor
from transformers.models.smolvlm import processing_smolvlm

if not t.utils.is_torchvision_available():
    # Video processors need it and, for SmolVLM, num2words; only pictures are asked about.
    ProcessorMixin.get_attributes = classmethod(lambda cls: ["image_processor", "tokenizer"])
    processing_smolvlm.num2words = str
    SmolVLMProcessor.__init__.__defaults__ = (None, *SmolVLMProcessor.__init__.__defaults__)

CLASSES = {
    "gemma3": (t.Gemma3ForConditionalGeneration, t.Gemma3Processor),
    "lfm2_vl": (t.Lfm2VlForConditionalGeneration, t.Lfm2VlProcessor),
    "llava": (t.LlavaForConditionalGeneration, t.LlavaProcessor),
    "qwen2_vl": (t.Qwen2VLForConditionalGeneration, t.Qwen2VLProcessor),
    "qwen3_vl": (t.Qwen3VLForConditionalGeneration, t.Qwen3VLProcessor),
    "smolvlm": (t.SmolVLMForConditionalGeneration, t.SmolVLMProcessor),
}


class Clock:
    """A streamer that writes down when tokens come; the prompt comes first."""

    def __init__(self):
        self.times = []

    def put(self, _):
        self.times.append(time.perf_counter())

    def end(self):
        pass


def is_openvino(model):
    return type(model).__module__.startswith("optimum")


def load_openvino(folder, threads):
    from optimum.intel import OVModelForVisualCausalLM

    return OVModelForVisualCausalLM.from_pretrained(folder, ov_config={"INFERENCE_NUM_THREADS": threads})


def ask(model, processor, image, prompt, count):
    owner, name = (
        (model, "get_vision_embeddings") if is_openvino(model) else (model.model, "get_image_features")
    )
    seconds, original = {"vision": 0.0}, getattr(owner, name)

    # `generate` reads the signature of what it calls.
    @functools.wraps(original)
    def timed(*arguments, **settings):
        start = time.perf_counter()
        features = original(*arguments, **settings)
        seconds["vision"] += time.perf_counter() - start
        return features

    content = [{"type": "image"}, {"type": "text", "text": prompt}]
    template = processor.chat_template or processor.tokenizer.chat_template
    start = time.perf_counter()
    text = processor.tokenizer.apply_chat_template(
        [{"role": "user", "content": content}],
        chat_template=template,
        tokenize=False,
        add_generation_prompt=True,
    )
    # Gemma's template begins with the first token, which its tokenizer would add once more.
    first = processor.tokenizer.bos_token
    settings = dict(add_special_tokens=False) if first and text.startswith(first) else {}
    pictures = [Image.open(image).convert("RGB")]
    inputs = processor(images=pictures, text=text, return_tensors="pt", **settings)
    inputs = inputs.to(torch.float32 if is_openvino(model) else model.dtype)
    seconds["image"] = time.perf_counter() - start
    clock = Clock()
    setattr(owner, name, timed)
    output = model.generate(
        **inputs, max_new_tokens=count, min_new_tokens=count, do_sample=False, pad_token_id=0, streamer=clock
    )
    setattr(owner, name, original)
    times = clock.times[1:]
    seconds["first_token"] = times[0] - start
    seconds["prefill"] = seconds["first_token"] - seconds["image"] - seconds["vision"]
    size = inputs["input_ids"].shape[1]
    visual = int((inputs["input_ids"] == model.config.image_token_id).sum())
    rate = (len(times) - 1) / (times[-1] - times[0])
    tokens = output[0, size:].tolist()
    return dict(prompt=size, visual=visual, tokens=tokens, seconds=seconds, decode_tokens_per_second=rate)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("image")
    parser.add_argument("prompt")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--openvino", metavar="FOLDER")
    parser.add_argument("--max-tokens", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--requests", type=int, default=2)
    options = parser.parse_args()
    t.logging.set_verbosity_error()
    t.logging.disable_progress_bar()
    torch.set_num_threads(options.threads)
    kind = json.loads((options.checkpoint / "config.json").read_text())["model_type"]
    model_class, processor_class = CLASSES[kind]
    processor = processor_class.from_pretrained(options.checkpoint)
    if options.openvino:
        model = load_openvino(options.openvino, options.threads)
    else:
        settings = dict(dtype=getattr(torch, options.dtype), attn_implementation="sdpa")
        model = model_class.from_pretrained(options.checkpoint, **settings).eval()
    requests = []
    with torch.inference_mode():
        for _ in range(options.requests):
            requests.append(ask(model, processor, options.image, options.prompt, options.max_tokens))
    print(
        json.dumps(
            {"versions": {"torch": torch.__version__, "transformers": t.__version__}, "requests": requests}
        )
    )
