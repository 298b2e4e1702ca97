#!/usr/bin/env python3
"""Keeps a running espalier-serve busy, and watches what becomes of it.

    espalier-serve plan.h5 --port 8090 --parallel 4 --queue 8 --cache-memory 64MB &
    python3 Tests/Serving/check_load.py http://127.0.0.1:8090 --pid PID --requests 10000 --at-once 48

More requests at once than the server answers: four times its answers at once and its queue together, say. Fails where an
accepted request is not answered, where a refused one is not told to come again (429 with Retry-After), where the same
question has two answers, where memory grows by more than 5 % between the second fifth and the last, or where
descriptors leak. A fifth of the clients leave in the middle of their answers. Needs nothing but Python.
"""

import argparse
import base64
import concurrent.futures
import http.client
import json
import os
import pathlib
import random
import sys
import threading
import time
import urllib.parse

parser = argparse.ArgumentParser()
parser.add_argument("address")
parser.add_argument("--pid", type=int, required=True)
parser.add_argument("--requests", type=int, default=10_000)
parser.add_argument("--at-once", type=int, default=48)
parser.add_argument("--tokens", type=int, default=24)
parser.add_argument("--pictures", default="calib/digit-scenes/images")
parser.add_argument("--seconds", type=float, default=3600, help="longest time of all")
arguments = parser.parse_args()

place = urllib.parse.urlparse(arguments.address)
pictures = ["data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode()
            for path in sorted(pathlib.Path(arguments.pictures).glob("calibration-*.jpg"))[:12]]
questions = ["Describe the image.", "Which digits are in the image?", "What color is the leftmost digit?"]
models = json.load(__import__("urllib.request", fromlist=["urlopen"]).urlopen(arguments.address + "/v1/models"))
points = [entry["id"] for entry in models["data"]]
answers, counts, problems = {}, {}, []
lock = threading.Lock()
start = time.time()


def count(what):
    with lock:
        counts[what] = counts.get(what, 0) + 1


def problem(text):
    with lock:
        problems.append(text)


def send(number):
    if time.time() - start > arguments.seconds or len(problems) > 20:
        return
    source = random.Random(number)
    key = (source.choice(points), source.randrange(len(pictures)), source.randrange(3), source.random() < 0.5)
    leaves = source.random() < 0.2
    model, picture, question, streamed = key
    body = {"model": model, "max_tokens": arguments.tokens, "stream": streamed or leaves, "messages": [{"role": "user", "content": [
        {"type": "image_url", "image_url": {"url": pictures[picture]}}, {"type": "text", "text": questions[question]}]}]}
    while True:
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=120)
        try:
            connection.request("POST", "/v1/chat/completions", json.dumps(body))
            reply = connection.getresponse()
            if reply.status == 429:
                wait = reply.getheader("Retry-After")
                reply.read()
                count("told to come again")
                if not wait or int(wait) < 1:
                    return problem("a 429 without Retry-After")
                time.sleep(source.random() * 0.2)
                if time.time() - start > arguments.seconds:
                    return
                continue
            if leaves:
                reply.read(source.randrange(1, 400))
                return count("left")
            data = reply.read()
            if reply.status != 200:
                return problem(f"status {reply.status}: {data[:200]}")
            if streamed:
                lines = [json.loads(line[6:]) for line in data.split(b"\n") if line.startswith(b"data: {")]
                if not data.endswith(b"data: [DONE]\n\n"):
                    return problem("a stream has no end")
                text = "".join(choice["delta"].get("content") or "" for line in lines for choice in line["choices"])
            else:
                text = json.loads(data)["choices"][0]["message"]["content"]
            with lock:
                known = answers.setdefault(key[:3], text)
            if known != text:
                problem(f"{key}: {known!r}, then {text!r}")
            return count("answered")
        except (OSError, http.client.HTTPException) as error:
            return problem(f"request {number}: {type(error).__name__} {error}")
        finally:
            connection.close()


def memory():
    return int(pathlib.Path(f"/proc/{arguments.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


descriptors = f"/proc/{arguments.pid}/fd"
open_before = len(os.listdir(descriptors))
most = [0] * 5
with concurrent.futures.ThreadPoolExecutor(arguments.at_once) as pool:
    for number, _ in enumerate(pool.map(send, range(arguments.requests))):
        fifth = number * 5 // arguments.requests
        if number % 20 == 0:
            most[fifth] = max(most[fifth], memory())
time.sleep(1)
if most[4] > most[1] * 1.05:
    problems.append(f"memory grew from {most[1] / 2**20:.1f} MiB in the second fifth to {most[4] / 2**20:.1f} MiB in the last")
if len(os.listdir(descriptors)) > open_before + 4:
    problems.append(f"{len(os.listdir(descriptors))} descriptors, {open_before} before")
for text in problems[:20]:
    print(text)
print(f"{arguments.requests} requests, {arguments.at_once} at once, {time.time() - start:.0f} s: "
      + ", ".join(f"{number} {what}" for what, number in sorted(counts.items()))
      + f"; at most {most[1] / 2**20:.1f} MiB in the second fifth, {most[4] / 2**20:.1f} MiB in the last; {len(problems)} problems")
sys.exit(1 if problems else 0)
