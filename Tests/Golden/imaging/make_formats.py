"""Writes small WebP, GIF and BMP files and what Pillow makes of them.

    python Tests/Golden/imaging/make_formats.py

Inputs go to formats/, the expectations to formats.json. Pixels are compared by their FNV-1a hash. Needs Pillow, numpy.
"""

import json
import struct
from pathlib import Path

import numpy as np
from hashing import fnv
from PIL import Image, ImageOps

here = Path(__file__).parent
inputs = here / "formats"
random = np.random.default_rng(21)


def scene(width, height):
    y, x = np.mgrid[0:height, 0:width].astype(float)
    image = np.stack([128 + 120 * np.sin(x / 7 + y / 13), 255 * ((x // 5 + y // 3) % 2), 2 * x + 3 * y], -1)
    return np.clip(image + random.normal(0, 6, (height, width, 3)), 0, 255).astype(np.uint8)


def noise(*shape, top=256):
    return random.integers(0, top, shape, dtype=np.uint8)


def exif(orientation):
    return b"MM" + struct.pack(">HIHHHIHH", 42, 8, 1, 0x0112, 3, 1, orientation, 0) + b"\0\0\0\0"


def make_webps():
    picture = Image.fromarray(scene(61, 47))
    clear = Image.fromarray(np.dstack([scene(33, 29), noise(29, 33)]), "RGBA")
    for name, image, options in [
        ("lossy", picture, dict(quality=70)), ("low", picture, dict(quality=2)), ("lossless", picture, dict(lossless=True)),
        ("alpha", clear, dict(quality=80)), ("alpha-lossless", clear, dict(lossless=True, exact=True)),
        ("one", Image.fromarray(scene(1, 1)), dict(quality=80)), ("odd", Image.fromarray(scene(7, 130)), dict(quality=50)),
        ("palette", Image.fromarray(noise(9, 21, top=3) * 100).convert("RGB"), dict(lossless=True)),
        ("exif-6", picture, dict(exif=exif(6))), ("exif-3-labelled", picture, dict(exif=b"Exif\0\0" + exif(3))),
    ]:
        image.save(inputs / f"webp-{name}.webp", **options)
    frames = [Image.fromarray(scene(40, 30)) for _ in range(3)]
    frames[0].save(inputs / "webp-animated.webp", save_all=True, append_images=frames[1:], duration=50)
    clear.save(inputs / "webp-animated-alpha.webp", save_all=True, append_images=[clear.rotate(90, expand=False)], lossless=True)

    def chunk(name, data):
        return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

    def small(value):
        return struct.pack("<I", value)[:3]

    for name in ["lossy", "lossless"]:
        stream = (inputs / f"webp-{name}.webp").read_bytes()[12:]
        frame = small(5) + small(8) + small(60) + small(46) + small(100) + b"\2" + stream
        body = chunk(b"VP8X", b"\2\0\0\0" + small(99) + small(69)) + chunk(b"ANIM", b"\xff\x80\x40\xff\0\0")
        body += chunk(b"ANMF", frame) * 2
        (inputs / f"webp-offset-{name}.webp").write_bytes(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body)


def lzw(indices, bits):
    """Codes of a fixed width: the table is cleared before they would grow."""
    clear, width = 1 << bits, bits + 1
    codes = []
    for number, index in enumerate(indices):
        if number % (clear - 2) == 0:
            codes.append(clear)
        codes.append(int(index))
    codes.append(clear + 1)
    value = sum(code << (place * width) for place, code in enumerate(codes))
    data = value.to_bytes((len(codes) * width + 7) // 8, "little")
    blocks = b"".join(bytes([len(part)]) + part for part in (data[at:at + 255] for at in range(0, len(data), 255)))
    return bytes([bits]) + blocks + b"\0"


def gif(name, screen, frames, table=None, background=0):
    """Frames are (left, top, [rows x columns], own table, transparent index, interlaced)."""

    def size(colours):
        return max(0, (len(colours) - 1).bit_length() - 1)

    data = b"GIF89a" + struct.pack("<HH", *screen)
    data += bytes([0x80 | size(table) if table is not None else 0, background, 0])
    data += b"" if table is None else np.asarray(table, np.uint8).tobytes()
    for left, top, pixels, own, transparent, interlaced in frames:
        if transparent is not None:
            data += b"\x21\xf9\x04" + bytes([1, 0, 0, transparent, 0])
        height, width = pixels.shape
        flags = (0x80 | size(own) if own is not None else 0) | (0x40 if interlaced else 0)
        data += b"," + struct.pack("<HHHHB", left, top, width, height, flags)
        data += b"" if own is None else np.asarray(own, np.uint8).tobytes()
        order = range(height)
        if interlaced:
            order = [row for first, step in [(0, 8), (4, 8), (2, 4), (1, 2)] for row in range(first, height, step)]
        data += lzw(np.concatenate([pixels[row] for row in order]), 8 if pixels.max() > 15 else 4)
    (inputs / f"gif-{name}.gif").write_bytes(data + b";")


def make_gifs():
    picture = Image.fromarray(scene(61, 47))
    picture.quantize(64).save(inputs / "gif-pillow.gif")
    picture.quantize(256).save(inputs / "gif-pillow-interlaced.gif", interlace=1)
    picture.convert("L").save(inputs / "gif-pillow-grey.gif")
    frames = [Image.fromarray(scene(30, 20)).quantize(16) for _ in range(3)]
    frames[0].save(inputs / "gif-pillow-animated.gif", save_all=True, append_images=frames[1:])
    table, own = noise(16, 3), noise(16, 3)
    pixels = noise(13, 11, top=16)
    gif("global", (11, 13), [(0, 0, pixels, None, None, False)], table)
    gif("own-table", (11, 13), [(0, 0, pixels, own, None, False)], table)
    gif("interlaced", (11, 13), [(0, 0, pixels, own, None, True)], table)
    gif("offset", (20, 30), [(4, 9, pixels, None, None, False)], table, background=3)
    gif("offset-transparent", (20, 30), [(4, 9, pixels, None, 5, False)], table, background=3)
    gif("larger-than-screen", (5, 6), [(1, 2, pixels, None, None, False)], table)
    gif("no-table", (11, 13), [(0, 0, pixels * 10, None, None, False)])
    gif("grey-table", (11, 13), [(0, 0, pixels, None, None, False)], np.repeat(np.arange(16), 3).reshape(16, 3))
    gif("beyond-table", (11, 13), [(0, 0, noise(13, 11), None, None, False)], table)
    gif("two", (11, 13), [(0, 0, pixels, None, 1, False), (3, 3, pixels[:4, :4], own, None, False)], table)


def bmp(name, width, height, bits, rows, compression=0, palette=b"", header=40, extra=b"", top_down=False, colours=0):
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, width, -height if top_down else height, 1, bits, compression, len(rows),
                           0, 0, colours, 0)
    info += extra
    offset = 14 + len(info) + len(palette)
    (inputs / f"bmp-{name}.bmp").write_bytes(b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset) + info + palette + rows)


def padded(rows):
    return b"".join(row + b"\0" * (-len(row) % 4) for row in rows)


def make_bmps():
    picture = Image.fromarray(scene(31, 17))
    for name, image in [("rgb", picture), ("grey", picture.convert("L")), ("one", picture.convert("1")),
                        ("palette", picture.quantize(40)), ("rgba", picture.convert("RGBA"))]:
        image.save(inputs / f"bmp-pillow-{name}.bmp")
    for width in [1, 2, 3, 4, 5, 8, 9]:
        bmp(f"24-{width}", width, 3, 24, padded(noise(3, 3 * width).tobytes()[at:at + 3 * width] for at in range(0, 9 * width, 3 * width)))
    bmp("top-down", 5, 7, 24, padded(row.tobytes() for row in noise(7, 15)), top_down=True)
    bmp("16", 7, 5, 16, padded(row.tobytes() for row in noise(5, 14)))
    bmp("32", 7, 5, 32, noise(5, 28).tobytes())
    for name, bits, masks in [("565", 16, (0xF800, 0x7E0, 0x1F)), ("555", 16, (0x7C00, 0x3E0, 0x1F)),
                              ("bgrx", 32, (0xFF0000, 0xFF00, 0xFF)), ("xbgr", 32, (0xFF000000, 0xFF0000, 0xFF00)),
                              ("bgxr", 32, (0xFF000000, 0xFF00, 0xFF))]:
        bmp(f"fields-{name}", 7, 5, bits, padded(row.tobytes() for row in noise(5, 7 * bits // 8)), 3, extra=struct.pack("<III", *masks))
    bmp("fields-rgba", 7, 5, 32, noise(5, 28).tobytes(), 3, header=108,
        extra=struct.pack("<IIII", 0xFF, 0xFF00, 0xFF0000, 0xFF000000) + bytes(108 - 56))
    for bits in [1, 4, 8]:
        width = 13
        size = (width * bits + 7) // 8
        palette = noise(1 << bits, 4).tobytes()
        bmp(f"palette-{bits}", width, 6, bits, padded(row.tobytes() for row in noise(6, size)), palette=palette)
        bmp(f"os2-{bits}", width, 6, bits, padded(row.tobytes() for row in noise(6, size)), palette=noise(1 << bits, 3).tobytes(), header=12)
    bmp("palette-short", 13, 6, 8, padded(row.tobytes() for row in noise(6, 13, top=40)), palette=noise(20, 4).tobytes(), colours=20)
    palette = noise(256, 4).tobytes()
    runs = b"".join(bytes([5, value, 3, value + 1, 0, 3, 7, 8, 9, 0, 2, 11, 0, 0]) for value in range(0, 60, 10))
    bmp("rle8", 13, 6, 8, runs + b"\0\1", 1, palette=palette)
    bmp("rle8-skips", 9, 4, 8, bytes([9, 1, 0, 0, 3, 2, 0, 2, 2, 1, 4, 5, 0, 0, 9, 6, 0, 1]), 1, palette=palette)
    runs = b"".join(bytes([5, 0x12 + row, 0, 5, 0x34, 0x56, 0x70, 0, 3, 0xAB, 0, 0]) for row in range(6))
    bmp("rle4", 13, 6, 4, runs + b"\0\1", 2, palette=noise(16, 4).tobytes())


def main():
    inputs.mkdir(exist_ok=True)
    for old in inputs.iterdir():
        old.unlink()
    make_webps()
    make_gifs()
    make_bmps()
    decodes = []
    for path in sorted(inputs.iterdir()):
        image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        decodes.append({"file": path.name, "width": image.width, "height": image.height, "hash": fnv(image.tobytes())})
    lines = ",\n".join(json.dumps(decode) for decode in decodes)
    (here / "formats.json").write_text(f"[\n{lines}\n]\n")


main()
