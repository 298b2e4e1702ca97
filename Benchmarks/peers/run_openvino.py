"""Times OpenVINO GenAI: python3 Benchmarks/peers/run_openvino.py MODEL IMAGE PROMPT [options]

MODEL is a folder made by convert_openvino.sh. Prints one JSON object: what a request took, by request.
"vision" and "prefill" are the pipeline's own figures (the encoding of the picture with its preparation, or
where a merger has most of the tower's layers all that comes before the language model; the first inference of
that), "image" is the reading of the file, which the pipeline does not do. Needs openvino-genai and Pillow.
"""

import argparse
import json
import pathlib
import time

import numpy as np
import openvino as ov
import openvino_genai as genai
from PIL import Image


def ask(pipeline, has_merger, image, prompt, settings):
    start = time.perf_counter()
    picture = ov.Tensor(np.array(Image.open(image).convert("RGB"))[None])
    read = time.perf_counter() - start
    result = pipeline.generate(prompt, images=[picture], generation_config=settings)
    figures = result.perf_metrics
    vision = (
        figures.get_prepare_embeddings_duration() if has_merger else figures.get_vision_encoding_duration()
    )
    seconds = {"image": read, "vision": vision.mean / 1000}
    seconds["prefill"] = figures.raw_metrics.token_infer_durations[0] / 1e6
    seconds["first_token"] = read + figures.get_ttft().mean / 1000
    assert figures.get_num_generated_tokens() == settings.max_new_tokens
    rate = 1000 / figures.get_tpot().mean
    size = figures.get_num_input_tokens()
    return dict(prompt=size, visual=None, tokens=[], seconds=seconds, decode_tokens_per_second=rate)


def pair(text):
    key, _, value = text.partition("=")
    return key, value


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("image")
    parser.add_argument("prompt", help="with the words of the chat template around it")
    parser.add_argument("--max-tokens", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--requests", type=int, default=2)
    parser.add_argument(
        "--pruning", type=int, default=0, help="visual tokens to drop, in per cent (CDPruner)"
    )
    parser.add_argument("--sdpa", action="store_true", help="plain attention instead of the paged one")
    parser.add_argument(
        "--property", type=pair, action="append", default=[], help="NAME=VALUE for the CPU plugin"
    )
    options = parser.parse_args()
    properties = {"INFERENCE_NUM_THREADS": options.threads, **dict(options.property)}
    if options.sdpa:
        properties["ATTENTION_BACKEND"] = "SDPA"
    else:
        # The pipeline's own settings, but for the cache in which a second request would find the first.
        scheduler = genai.SchedulerConfig()
        scheduler.enable_prefix_caching = False
        scheduler.max_num_batched_tokens = 2**31
        properties["scheduler_config"] = scheduler
    pipeline = genai.VLMPipeline(options.model, "CPU", **properties)
    settings = genai.GenerationConfig()
    settings.max_new_tokens, settings.ignore_eos, settings.do_sample = options.max_tokens, True, False
    settings.apply_chat_template = False
    if options.pruning:
        settings.pruning_ratio = options.pruning
    has_merger = pathlib.Path(options.model, "openvino_vision_embeddings_merger_model.xml").exists()
    task = (pipeline, has_merger, options.image, options.prompt, settings)
    requests = [ask(*task) for _ in range(options.requests)]
    print(json.dumps({"versions": {"openvino-genai": genai.__version__}, "requests": requests}))
