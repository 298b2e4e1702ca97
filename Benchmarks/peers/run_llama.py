"""Times llama.cpp: python3 Benchmarks/peers/run_llama.py PROGRAM LANGUAGE.gguf VISION.gguf IMAGE PROMPT

PROGRAM is llama-mtmd-cli. Prints one JSON object like that of run_transformers.py. "vision" is the sum of
the encodings that the program prints. What it prints as "prompt eval" begins with the words before the
picture and so has these encodings in it; "prefill" is the rest. "first_token" is a clock's, from the moment
when the model is loaded and warmed up, before the picture is read, to the first word of the answer. Needs
nothing but python3.
"""

import argparse
import json
import os
import re
import selectors
import subprocess
import time

LOADED = b"WARN: This is an experimental CLI"
ENCODED = r"batch encoding done in (\d+) ms"
PROMPT = r"prompt eval time = +([\d.]+) ms / +(\d+) tokens"
ANSWER = r"  eval time = +([\d.]+) ms / +(\d+) runs"


def listen(command):
    """Both outputs, and the time from the loaded model to the first word of the answer."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    answer, log, loaded, first = b"", b"", None, None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stderr, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                data = os.read(key.fd, 65536)
                now = time.perf_counter()
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stdout:
                    answer += data
                    # The program writes a line break before the first word, which may be one itself.
                    first = first or (now if len(answer) > 1 else None)
                else:
                    log += data
                    loaded = loaded or (now if LOADED in log else None)
    if process.wait() != 0:
        raise SystemExit(log.decode(errors="replace")[-2000:])
    return answer.decode(errors="replace"), log.decode(errors="replace"), first - loaded


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("program", "language", "vision", "image", "prompt"):
        parser.add_argument(name)
    parser.add_argument("--max-tokens", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    command = [
        options.program,
        "--model",
        options.language,
        "--mmproj",
        options.vision,
        "--image",
        options.image,
    ]
    command += [
        "--prompt",
        options.prompt,
        "--threads",
        str(options.threads),
        "--ctx-size",
        "4096",
        "--jinja",
    ]
    command += ["--predict", str(options.max_tokens), "--temp", "0", "--ignore-eos", "--log-verbosity", "4"]
    answer, log, first_token = listen(command)
    seconds = {"vision": sum(map(int, re.findall(ENCODED, log))) / 1000, "first_token": first_token}
    evaluated, size = re.search(PROMPT, log).groups()
    seconds["prefill"] = float(evaluated) / 1000 - seconds["vision"]
    spent, runs = re.search(ANSWER, log).groups()
    # The last token is printed but no longer read.
    assert int(runs) == options.max_tokens - 1
    # The words of tokens that the tokenizer lacks are their numbers.
    tokens = [int(number) for number in re.findall(r"<filler_(\d+)>", answer)]
    request = dict(prompt=int(size), visual=None, tokens=tokens, seconds=seconds)
    print(json.dumps({"requests": [request | {"decode_tokens_per_second": 1000 * int(runs) / float(spent)}]}))
