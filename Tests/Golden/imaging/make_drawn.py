"""Writes drawn.json: pictures, sizes and filters drawn by seed, and a hash of what Pillow resizes each to.
    make_drawn.py [SEED] [COUNT] [FILE]

A picture is drawn by a generator that the test has as well: no picture is stored.
"""
import json
import pathlib
import random
import sys
import numpy as np
from PIL import Image

FILTERS = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4, "hamming": 5}


def pixels(seed, count, kind):
    """Bytes of a multiplicative generator: noise, or steps of few values with edges."""
    state, result = seed * 2 + 1, np.empty(count, np.uint8)
    for index in range(count):
        state = state * 6364136223846793005 % (1 << 64)
        value = state >> 56
        result[index] = value if kind == "noise" else (255 if value & 1 else 0)
    return result


def fnv(data):
    value = 0x811C9DC5
    for byte in data:
        value = (value ^ byte) * 0x01000193 % (1 << 32)
    return value


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    path = sys.argv[3] if len(sys.argv) > 3 else pathlib.Path(__file__).parent / "drawn.json"
    draw, cases = random.Random(seed), []

    def side():
        return draw.choice([draw.randint(1, 4), draw.randint(1, 40), draw.randint(20, 120)])

    for number in range(count):
        width, height, kind = side(), side(), draw.choice(["noise", "steps"])
        size = (side(), side()) if draw.random() < 0.85 else (width, side())
        name = draw.choice(list(FILTERS))
        source = pixels(number, width * height * 3, kind).reshape(height, width, 3)
        image = Image.fromarray(source, "RGB").resize(size, FILTERS[name])
        cases.append({"width": width, "height": height, "kind": kind, "to": size, "filter": name, "hash": fnv(image.tobytes())})
    pathlib.Path(path).write_text("[" + ",\n".join(json.dumps(case) for case in cases) + "]\n")


main()
