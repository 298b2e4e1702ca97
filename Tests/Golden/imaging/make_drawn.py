"""Writes drawn.json: pictures, sizes and filters drawn by seed, and a hash of what Pillow resizes each to.
    make_drawn.py [SEED] [COUNT] [FILE]
    make_drawn.py torch     writes drawn-torch.json: what PyTorch on x86-64 resizes each to, as torchvision does

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


def resize(image, size, name, by_torch):
    if not by_torch:
        return np.asarray(Image.fromarray(image, "RGB").resize(size, FILTERS[name]))
    import torch

    if size == image.shape[1::-1]:
        return image
    planes = torch.from_numpy(image).permute(2, 0, 1)[None].contiguous()
    mode = dict(mode=name, antialias=True, align_corners=False)
    return torch.nn.functional.interpolate(planes, size=size[::-1], **mode)[0].permute(1, 2, 0).numpy()


def main():
    by_torch = sys.argv[1:] == ["torch"]
    if by_torch:
        sys.argv[1:] = ["22", "200", pathlib.Path(__file__).parent / "drawn-torch.json"]
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    path = sys.argv[3] if len(sys.argv) > 3 else pathlib.Path(__file__).parent / "drawn.json"
    draw, cases = random.Random(seed), []

    # PyTorch fails where a side of one pixel makes its strides ambiguous.
    least = 2 if by_torch else 1

    def side():
        return draw.choice([draw.randint(least, 4), draw.randint(least, 40), draw.randint(20, 120)])

    for number in range(count):
        width, height, kind = side(), side(), draw.choice(["noise", "steps"])
        size = (side(), side()) if draw.random() < 0.85 else (width, side())
        name = draw.choice(["bilinear", "bicubic"] if by_torch else list(FILTERS))
        source = pixels(number, width * height * 3, kind).reshape(height, width, 3)
        image = resize(source, size, name, by_torch)
        cases.append({"width": width, "height": height, "kind": kind, "to": size, "filter": name, "hash": fnv(image.tobytes())})
    pathlib.Path(path).write_text("[" + ",\n".join(json.dumps(case) for case in cases) + "]\n")


main()
