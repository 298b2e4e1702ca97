#!/usr/bin/env python3
"""Measures servers of OpenAI's interface that answer several at once.

    python3 Benchmarks/peers/serve.py espalier=http://127.0.0.1:8090 [llama=http://127.0.0.1:8091] --picture photo.jpg

Each round asks every server in turn, with 1, 4 and 8 questions at once about one picture that it knows, 64 tokens each.
Tokens count between the moment when the last answer begins and the moment when the first one ends, so that reading
prompts is no part of the rate. Then come the first tokens of a new picture, and of a second question about it. Needs
nothing but Python and Pillow; medians of all rounds.
"""

import argparse
import base64
import concurrent.futures
import io
import json
import statistics
import time
import urllib.request

from PIL import Image

parser = argparse.ArgumentParser()
parser.add_argument("servers", nargs="+", metavar="NAME=ADDRESS")
parser.add_argument("--picture", required=True)
parser.add_argument("--tokens", type=int, default=64)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--at-once", type=int, nargs="+", default=[1, 4, 8])
parser.add_argument("--stop-token", type=int, default=2, help="the token that ends answers, which is forbidden")
parser.add_argument("--point", default="", help="operating point, behind the model's name")
arguments = parser.parse_args()
servers = dict(server.split("=", 1) for server in arguments.servers)
picture = Image.open(arguments.picture).convert("RGB")


def encoded(number):
    """The picture with one pixel changed: another one to every cache."""
    copy = picture.copy()
    copy.putpixel((number % copy.width, number // copy.width % copy.height), (number % 251, 7, 9))
    stream = io.BytesIO()
    copy.save(stream, "JPEG", quality=90)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()


def ask(address, image, text, tokens):
    """Times of the request, and of every token."""
    body = {
        "model": "default" + arguments.point,
        "messages": [
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": image}}, {"type": "text", "text": text}]}
        ],
        "max_tokens": tokens,
        "temperature": 0,
        "stream": True,
        "logprobs": True,
        "logit_bias": {str(arguments.stop_token): -100},
    }
    request = urllib.request.Request(
        address + "/v1/chat/completions", json.dumps(body).encode(), {"Content-Type": "application/json"})
    times = [time.monotonic()]
    with urllib.request.urlopen(request, timeout=600) as reply:
        for line in reply:
            if line.startswith(b"data: {"):
                chunk = json.loads(line[6:])
                # A chunk with chances is a token, whether it has text or not.
                if any((choice.get("logprobs") or {}).get("content") for choice in chunk["choices"]):
                    times.append(time.monotonic())
    return times


def rate(address, image, count):
    """Tokens a second while all answers decode."""
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        runs = list(pool.map(lambda i: ask(address, image, f"Question {i}: what is this?", arguments.tokens), range(count)))
    start, end = max(run[1] for run in runs), min(run[-1] for run in runs)
    tokens = sum(1 for run in runs for moment in run[1:] if start < moment <= end)
    gaps = [after - before for run in runs for before, after in zip(run[1:], run[2:])]
    return tokens / (end - start), max(gaps)


def stall(address, image, new):
    """The longest time between two tokens of an answer while the prompt of another one is read."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        running = pool.submit(ask, address, image, "Question: what is this?", 2 * arguments.tokens)
        time.sleep(0.4)
        ask(address, new, "What is in the picture?", 1)
        run = running.result()
    return max(after - before for before, after in zip(run[1:], run[2:]))


known = encoded(0)
results = {name: {} for name in servers}
for round in range(arguments.rounds):
    for name, address in servers.items():
        ask(address, known, "What is this?", 2)
        for count in arguments.at_once:
            speed, gap = rate(address, known, count)
            results[name].setdefault(f"{count} at once, tokens/s", []).append(speed)
            results[name].setdefault(f"{count} at once, longest gap ms", []).append(1000 * gap)
        # Another picture to every cache.
        number = 10 * (round * len(servers) + list(servers).index(name)) + 1
        gap = stall(address, known, encoded(number + 1))
        results[name].setdefault("longest gap while a prompt is read, ms", []).append(1000 * gap)
        new = encoded(number)
        first = ask(address, new, "What is in the picture?", 2)
        second = ask(address, new, "Which colors does it have?", 2)
        results[name].setdefault("first token, new picture, ms", []).append(1000 * (first[1] - first[0]))
        results[name].setdefault("first token, second question, ms", []).append(1000 * (second[1] - second[0]))
rows = list(next(iter(results.values())))
print("| |" + "".join(f" {name} |" for name in servers))
print("|---|" + "---|" * len(servers))
for row in rows:
    print(f"| {row} |" + "".join(f" {statistics.median(results[name][row]):.1f} |" for name in servers))
