#!/usr/bin/env python3
"""Sends many malformed requests to a running espalier-serve and watches it.

    python3 Tests/Serving/check_malformed.py http://127.0.0.1:8090 --pid PID --count 100000

Needs nothing but Python. Wrong JSON, wrong types, huge numbers, truncated bodies, broken headers, slow clients, bad data
URLs and damaged pictures, from a seed. Fails where a reply is a 5xx, where the server dies, where its memory grows by more
than 5 % between the first fifth and the end, where descriptors leak, or where a good request is not answered afterwards.
"""

import argparse
import base64
import concurrent.futures
import json
import os
import pathlib
import random
import socket
import sys
import time
import urllib.parse

parser = argparse.ArgumentParser()
parser.add_argument("address")
parser.add_argument("--pid", type=int, required=True)
parser.add_argument("--count", type=int, default=100_000)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--pictures", default="calib/digit-scenes/images")
arguments = parser.parse_args()

place = urllib.parse.urlparse(arguments.address)
host, port = place.hostname, place.port
pictures = [path.read_bytes() for path in sorted(pathlib.Path(arguments.pictures).glob("calibration-*"))[:4]]
paths = ["/v1/chat/completions", "/v1/responses", "/api/chat", "/api/generate", "/tokenize", "/api/show"]


def good(picture=None):
    content = [{"type": "text", "text": "Describe the image."}]
    if picture:
        url = "data:image/jpeg;base64," + base64.b64encode(picture).decode()
        content.insert(0, {"type": "image_url", "image_url": {"url": url}})
    return {"messages": [{"role": "user", "content": content}], "max_tokens": 2}


def values(random):
    return random.choice(
        [None, True, -1, 0, 1e308, -1e308, 10**30, "", "x" * random.randint(1, 5000), [], {}, [[]] * 50, {"": {}}, "\u0000",
         "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "😀" * 100, random.random()]
    )


def damaged(random, bytes):
    data = bytearray(bytes)
    for _ in range(random.randint(1, 30)):
        if not data:
            break
        place = random.randrange(len(data))
        kind = random.random()
        if kind < 0.4:
            data[place] = random.randrange(256)
        elif kind < 0.7:
            del data[place : place + random.randint(1, 200)]
        else:
            data[place:place] = random.randbytes(random.randint(1, 50))
    return data[: random.randint(0, len(data))] if random.random() < 0.3 else data


def body(random):
    kind = random.randrange(9)
    if kind == 0:
        return random.randbytes(random.randint(0, 500))
    if kind == 1:
        return bytes(damaged(random, json.dumps(good()).encode()))
    if kind == 2:
        return ("[" * random.randint(1, 3000)).encode()
    if kind == 3:
        wrong = good()
        for _ in range(random.randint(1, 3)):
            wrong[random.choice(["messages", "max_tokens", "temperature", "n", "stop", "tools", "response_format", "logit_bias",
                                 "stream", "seed", "model", "grammar", "input", "prompt", "images", "options", "content",
                                 "unknown"])] = values(random)
        wrong["max_tokens"] = wrong.get("max_tokens", 2) if wrong.get("max_tokens") != 10**30 else 2
        return json.dumps(wrong).encode()
    if kind == 4:
        return json.dumps(good(bytes(damaged(random, random.choice(pictures))))).encode()
    if kind == 5:
        wrong = good()
        url = random.choice(["http://127.0.0.1:1/x.png", "file:///etc/passwd", "file://../../etc/passwd", "data:,x",
                             "data:image/png;base64,!!!!", "data:;base64," + "A" * random.randint(0, 4000), "x" * 3000, ""])
        wrong["messages"][0]["content"].insert(0, {"type": "image_url", "image_url": {"url": url}})
        return json.dumps(wrong).encode()
    if kind == 6:
        wrong = good()
        wrong["response_format"] = {"type": "json_schema", "json_schema": {"schema": {
            random.choice(["type", "enum", "$ref", "pattern", "items", "anyOf", "minimum", "foo"]): values(random)}}}
        return json.dumps(wrong).encode()
    if kind == 7:
        return json.dumps({**good(), "grammar": "".join(random.choice('root ::="a"|()*+?[]{}9^\\-\n') for _ in range(60))}).encode()
    return b'{"messages": [{"role": "user", "content": "' + b"a" * random.randint(0, 20000) + b'"}], "max_tokens": ' + str(
        random.choice([-5, 0, 10**18, 10**40])).encode() + b"}"


def request(random):
    """One request as bytes, and whether an answer is to be expected."""
    kind = random.random()
    data = body(random)
    path = random.choice(paths)
    if kind < 0.90:
        head = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
        return head.encode() + data, True
    if kind < 0.93:  # a body that ends early
        head = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {len(data) + 100}\r\n\r\n"
        return head.encode() + data, False
    if kind < 0.95:
        return random.randbytes(random.randint(1, 300)), False
    if kind < 0.97:
        head = f"GET /health HTTP/1.1\r\nHost: {host}\r\nX-Long: {'y' * random.randint(1, 60000)}\r\nConnection: close\r\n\r\n"
        return head.encode(), False
    if kind < 0.98:
        return f"POST {path} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".encode(), False
    method = random.choice(["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "FOO"])
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode(), True


def send(seed):
    source = random.Random(seed)
    data, expects = request(source)
    with socket.create_connection((host, port), timeout=60) as connection:
        try:
            connection.sendall(data)
            if not expects and source.random() < 0.5:
                return None
            if not expects:
                connection.shutdown(socket.SHUT_WR)
            reply = b""
            while len(reply) < 64:
                part = connection.recv(4096)
                if not part:
                    break
                reply += part
        except (ConnectionResetError, BrokenPipeError):
            return None
    status = int(reply.split(b" ", 2)[1]) if reply.startswith(b"HTTP/1.1 ") else None
    if expects and status is None:
        return f"seed {seed}: no reply"
    if status is not None and status >= 500:
        return f"seed {seed}: status {status}"
    return None


def memory():
    return int(pathlib.Path(f"/proc/{arguments.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def descriptors():
    return len(os.listdir(f"/proc/{arguments.pid}/fd"))


def check_good():
    data = json.dumps(good(pictures[0])).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((host, port), timeout=60) as connection:
        connection.sendall(head.encode() + data)
        reply = b""
        while part := connection.recv(65536):
            reply += part
    return reply.startswith(b"HTTP/1.1 200"), json.loads(reply.split(b"\r\n\r\n", 1)[1])["choices"][0]["message"]["content"]


problems = []
before = check_good()
open_before = descriptors()
# The most memory in each fifth: what is kept for later requests fills in the first one.
most, start = [0] * 5, time.time()
with concurrent.futures.ThreadPoolExecutor(16) as pool:
    for number, problem in enumerate(pool.map(send, range(arguments.seed * 10**7, arguments.seed * 10**7 + arguments.count))):
        if problem:
            problems.append(problem)
        if number % 50 == 0:
            fifth = number * 5 // arguments.count
            most[fifth] = max(most[fifth], memory())
        if number % 10000 == 9999:
            print(f"{number + 1} requests, {time.time() - start:.0f} s, {memory() / 2**20:.1f} MiB, {descriptors()} descriptors",
                  flush=True)
time.sleep(1)
if most[4] > most[1] * 1.05:
    problems.append(f"memory grew from {most[1] / 2**20:.1f} MiB in the second fifth to {most[4] / 2**20:.1f} MiB in the last")
if descriptors() > open_before + 4:
    problems.append(f"{descriptors()} descriptors, {open_before} before")
if check_good() != before:
    problems.append("a good request has another answer than before")
for problem in problems[:20]:
    print(problem)
print(f"{arguments.count} malformed requests, at most {most[1] / 2**20:.1f} MiB in the second fifth, {most[4] / 2**20:.1f} MiB in "
      f"the last, {len(problems)} problems")
sys.exit(1 if problems else 0)
