"""Small pictures with colour, edges and noise, so that every pixel of a resampled row differs."""

import io

import numpy as np
from PIL import Image

SIZES = {"square": (96, 96), "wide": (210, 70), "tall": (60, 170), "tiny": (9, 7), "strip": (300, 2)}


def make(name, width, height):
    rng = np.random.default_rng(sum(name.encode()))
    coarse = Image.fromarray(rng.integers(0, 256, (5, 6, 3), dtype=np.uint8))
    picture = np.array(coarse.resize((width, height), Image.Resampling.BICUBIC)).astype(np.int32)
    if min(width, height) > 20:
        for _ in range(4):
            left, top = int(rng.integers(0, width - 12)), int(rng.integers(0, height - 12))
            picture[top : top + 12, left : left + 12] = rng.integers(0, 256, 3)
    return Image.fromarray(np.clip(picture // 4 * 4, 0, 255).astype(np.uint8))


def write(folder):
    folder.mkdir(exist_ok=True)
    for name, (width, height) in SIZES.items():
        encoded = io.BytesIO()
        make(name, width, height).save(encoded, "PNG", optimize=True)
        path = folder / f"{name}.png"
        # Left alone when it is right: another run may be reading it.
        if not path.exists() or path.read_bytes() != encoded.getvalue():
            path.write_bytes(encoded.getvalue())
