"""Writes small image files and what Pillow and transformers make of them.

    python Tests/Golden/imaging/make_golden.py

Inputs go to inputs/, the expectations to golden.json. Pixels are compared by their FNV-1a hash.
Needs Pillow, numpy, transformers (no torchvision).
"""

import io
import json
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
from hashing import fnv
from PIL import Image, ImageOps
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

warnings.simplefilter("ignore")
here = Path(__file__).parent
inputs = here / "inputs"
random = np.random.default_rng(20)

FILTERS = {
    "box": Image.Resampling.BOX, "bilinear": Image.Resampling.BILINEAR, "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS,
}
MEAN = [0.48145466, 0.4578275, 0.40821073]
DEVIATION = [0.26862954, 0.26130258, 0.27577711]


def scene(width, height):
    """Smooth colours with hard edges and some noise."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    r = 128 + 120 * np.sin(x / 7 + y / 13)
    g = 255 * ((x // 5 + y // 3) % 2)
    b = 255 * (x + y) / max(1, width + height - 2)
    image = np.stack([r, g, b], -1) + random.normal(0, 6, (height, width, 3))
    return np.clip(image, 0, 255).astype(np.uint8)


def noise(width, height, channels=3):
    return random.integers(0, 256, (height, width, channels), dtype=np.uint8)


def save(name, image, **options):
    image.save(inputs / name, **options)


def pack(row, depth):
    """Samples of one row as PNG bytes."""
    if depth == 16:
        return row.astype(">u2").tobytes()
    bits = np.unpackbits(row.astype(np.uint8).reshape(-1, 1), axis=1)[:, 8 - depth:].reshape(-1)
    return np.packbits(bits).tobytes()


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(name, samples, depth, color, interlaced=False, chunks=(), late_chunks=()):
    """A PNG of any kind, unfiltered: samples [height x width x channels]."""
    height, width = samples.shape[:2]

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    raw = b""
    for x, y, dx, dy in passes:
        part = samples[y::dy, x::dx]
        if part.size:
            raw += b"".join(b"\0" + pack(row.reshape(-1), depth) for row in part)
    data = b"\x89PNG\r\n\x1a\n"
    data += chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced)))
    for kind, body in chunks:
        data += chunk(kind, body)
    data += chunk(b"IDAT", zlib.compress(raw, 9))
    for kind, body in late_chunks:
        data += chunk(kind, body)
    (inputs / name).write_bytes(data + chunk(b"IEND", b""))


def exif(orientation, order="II", kind="H"):
    e = "<" if order == "II" else ">"
    number = {"B": 1, "H": 3, "I": 4}[kind]
    value = struct.pack(e + kind, orientation).ljust(4, b"\0")
    return order.encode() + struct.pack(e + "HIHHHI", 42, 8, 1, 0x0112, number, 1) + value + b"\0\0\0\0"


def make_jpegs():
    rgb = Image.fromarray(scene(61, 47))
    for name, subsampling in [("444", 0), ("422", 1), ("420", 2)]:
        save(f"jpeg-{name}.jpg", rgb, quality=85, subsampling=subsampling)
    for width, height in [(1, 1), (2, 1), (1, 3), (7, 9), (8, 8), (9, 7), (15, 17), (16, 16), (17, 33), (130, 3)]:
        save(f"jpeg-size-{width}x{height}.jpg", Image.fromarray(scene(width, height)), quality=75)
    save("jpeg-progressive.jpg", rgb, quality=80, progressive=True)
    save("jpeg-progressive-422.jpg", rgb, quality=40, progressive=True, subsampling=1)
    save("jpeg-restarts.jpg", rgb, quality=60, restart_marker_rows=1)
    save("jpeg-low.jpg", rgb, quality=5)
    save("jpeg-high.jpg", rgb, quality=100, subsampling=0)
    save("jpeg-rgb.jpg", rgb, quality=90, keep_rgb=True)
    save("jpeg-noise.jpg", Image.fromarray(noise(40, 40)), quality=90)
    save("jpeg-grey.jpg", rgb.convert("L"), quality=85)
    save("jpeg-grey-progressive.jpg", rgb.convert("L"), quality=85, progressive=True)
    cmyk = Image.fromarray(np.concatenate([scene(33, 29), noise(33, 29, 1) // 2], -1), "CMYK")
    save("jpeg-cmyk-adobe.jpg", cmyk, quality=90)
    save("jpeg-cmyk-progressive.jpg", cmyk, quality=90, progressive=True)
    data = bytearray((inputs / "jpeg-cmyk-adobe.jpg").read_bytes())
    at = data.index(b"Adobe")
    data[at + 11] = 2  # the same bytes read as YCCK
    (inputs / "jpeg-ycck-adobe.jpg").write_bytes(data)
    del data[at - 4:at + 12]  # the whole APP14 segment
    (inputs / "jpeg-cmyk-plain.jpg").write_bytes(data)
    small = Image.fromarray(scene(19, 13))
    for orientation in range(10):
        order = "MM" if orientation % 2 else "II"
        save(f"jpeg-exif-{orientation}.jpg", small, quality=85, exif=b"Exif\0\0" + exif(orientation, order))
    for kind in ["B", "I"]:
        save(f"jpeg-exif-6-{kind}.jpg", small, exif=b"Exif\0\0" + exif(6, "MM", kind))
    save("jpeg-exif-5-twice.jpg", small, exif=b"Exif\0\0Exif\0\0" + exif(5))
    data = (inputs / "jpeg-exif-6.jpg").read_bytes()
    (inputs / "jpeg-exif-6-padded.jpg").write_bytes(data[:2] + b"\xff\xff" + data[2:])
    data = (inputs / "jpeg-420.jpg").read_bytes()
    (inputs / "jpeg-trailing.jpg").write_bytes(data + b"more bytes after the image")


def make_pngs():
    for interlaced in [False, True]:
        tail = "-interlaced" if interlaced else ""
        for depth in [1, 2, 4, 8, 16]:
            top = 1 << depth
            png(f"png-grey{depth}{tail}.png", random.integers(0, top, (13, 11, 1)), depth, 0, interlaced)
        for depth in [1, 2, 4, 8]:
            palette = noise(1 << depth, 1).tobytes()
            indices = random.integers(0, 1 << depth, (9, 21, 1))
            png(f"png-palette{depth}{tail}.png", indices, depth, 3, interlaced, [(b"PLTE", palette)])
        for depth in [8, 16]:
            top = 1 << depth
            png(f"png-rgb{depth}{tail}.png", random.integers(0, top, (11, 7, 3)), depth, 2, interlaced)
            png(f"png-rgba{depth}{tail}.png", random.integers(0, top, (7, 11, 4)), depth, 6, interlaced)
            png(f"png-la{depth}{tail}.png", random.integers(0, top, (8, 5, 2)), depth, 4, interlaced)
    palette = noise(16, 1).tobytes()
    indices = random.integers(0, 16, (9, 9, 1))
    alpha = bytes(range(0, 160, 10))
    png("png-palette-alpha.png", indices, 8, 3, chunks=[(b"PLTE", palette), (b"tRNS", alpha)])
    png("png-palette-one-clear.png", indices, 4, 3, chunks=[(b"PLTE", palette), (b"tRNS", b"\xff\xff\0")])
    png("png-palette-short.png", indices * 3, 8, 3, chunks=[(b"PLTE", palette)])
    png("png-grey-clear.png", random.integers(0, 4, (6, 6, 1)), 2, 0, chunks=[(b"tRNS", b"\0\1")])
    png("png-rgb-clear.png", random.integers(0, 2, (6, 6, 3)), 8, 2, chunks=[(b"tRNS", b"\0\1\0\0\0\1")])
    png("png-gamma.png", noise(6, 6), 8, 2, chunks=[(b"gAMA", struct.pack(">I", 45455))])
    for orientation in [1, 3, 6, 8]:
        png(f"png-exif-{orientation}.png", noise(7, 4), 8, 2, chunks=[(b"eXIf", exif(orientation))])
    png("png-exif-labelled.png", noise(7, 4), 8, 2, chunks=[(b"eXIf", b"Exif\0\0" + exif(6))])
    png("png-exif-late.png", noise(7, 4), 8, 2, late_chunks=[(b"eXIf", exif(5, "MM"))])
    for width, height in [(1, 1), (1, 7), (7, 1), (2, 3)]:
        png(f"png-size-{width}x{height}-interlaced.png", noise(width, height), 8, 2, True)
    save("png-filtered.png", Image.fromarray(scene(53, 41)), optimize=True)
    # Sources of the resize cases.
    for name, pixels in [
        ("scene", scene(97, 61)), ("noise", noise(50, 64)), ("wide", scene(400, 3)), ("tall", scene(5, 300)),
        ("dot", noise(1, 1)), ("column", noise(1, 40)), ("line", noise(40, 1)), ("steps", (noise(31, 33) // 128) * 255),
    ]:
        png(f"source-{name}.png", pixels, 8, 2)


def decoded(path):
    image = Image.open(path)
    if image.mode == "I;16":  # Pillow clips values above 255 to white here; the high byte is what is wanted
        grey = (np.array(image) >> 8).astype(np.uint8)
        return Image.fromarray(grey).convert("RGB")
    return ImageOps.exif_transpose(image).convert("RGB")


def record(image, **fields):
    return fields | {"width": image.width, "height": image.height, "hash": fnv(image.tobytes())}


def main():
    inputs.mkdir(exist_ok=True)
    for old in inputs.iterdir():
        old.unlink()
    make_jpegs()
    make_pngs()
    decodes = [record(decoded(p), file=p.name) for p in sorted(inputs.iterdir())]
    resizes = []
    preparations = []
    for path in sorted(inputs.glob("source-*.png")):
        image = decoded(path)
        w, h = image.size
        sizes = {(w, h), (w, h + 3), (w + 5, h), (1, 1), (2 * w, 3 * h), (max(1, w // 2), max(1, h // 3)),
                 (13, 17), (64, 48), (1, 30), (30, 1), (max(1, w - 1), h + 1)}
        for width, height in sorted(sizes):
            for name, resample in FILTERS.items():
                resizes.append(record(image.resize((width, height), resample), file=path.name, filter=name))
        for edge, crop in [(24, 24), (24, 17), (17, 24), (30, 31), (31, 30), (7, 3), (1, 4), (61, 61)]:
            processor = CLIPImageProcessorPil(
                size={"shortest_edge": edge}, crop_size={"height": crop, "width": crop},
                image_mean=MEAN, image_std=DEVIATION)
            plain = processor(image, do_rescale=False, do_normalize=False, return_tensors="np")["pixel_values"][0]
            values = processor(image, return_tensors="np")["pixel_values"][0]
            assert values.dtype == np.float32
            prepared = Image.fromarray(plain.astype(np.uint8).transpose(1, 2, 0))
            flat = values.reshape(-1)
            preparations.append(record(
                prepared, file=path.name, shortestEdge=edge, cropSize=crop,
                valuesHash=fnv(values.astype("<f4").tobytes()),
                samples=[[int(i), float(flat[i])] for i in random.integers(0, flat.size, 5)]))
    golden = {"mean": MEAN, "deviation": DEVIATION, "decodes": decodes, "resizes": resizes,
              "preparations": preparations}
    lines = ",\n".join(
        f'"{key}": [\n' + ",\n".join(json.dumps(v) for v in value) + "\n]" for key, value in golden.items())
    (here / "golden.json").write_text("{\n" + lines + "\n}\n")
    print(len(decodes), "decodes,", len(resizes), "resizes,", len(preparations), "preparations")


main()
