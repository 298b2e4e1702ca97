"""Writes what transformers' image processors cut pictures into, for every way of tiling.

    python Tests/Golden/imaging/make_tilings.py

The pictures are made by a formula that the tests repeat; tiles are recorded as the CRC-32 of their bytes.
Needs Pillow, numpy, transformers (no torchvision).
"""

import json
import warnings
import zlib
from pathlib import Path

import numpy as np
from PIL import Image
from transformers import logging
from transformers.image_processing_utils import select_best_resolution
from transformers.image_utils import SizeDict
from transformers.models.got_ocr2 import image_processing_pil_got_ocr2 as got
from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil
from transformers.models.llava.image_processing_pil_llava import LlavaImageProcessorPil
from transformers.models.llava_next.image_processing_pil_llava_next import LlavaNextImageProcessorPil
from transformers.models.llava_onevision.image_processing_pil_llava_onevision import LlavaOnevisionImageProcessorPil
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.models.smolvlm.image_processing_pil_smolvlm import SmolVLMImageProcessorPil

warnings.simplefilter("ignore")
logging.set_verbosity_error()
here = Path(__file__).parent

FILTERS = {name: getattr(Image.Resampling, name.upper())
           for name in ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]}
MEAN = [0.48145466, 0.4578275, 0.40821073]
COMMON = [(1, 1), (2, 1), (40, 40), (61, 37), (37, 61), (97, 96), (200, 31), (29, 180), (300, 223), (3, 3),
          (1, 400), (400, 1)]
LONG = [(1, 4000), (4000, 1), (2000, 10), (10, 2001)]


def picture(width, height):
    """Rough and smooth at once, in integers alone."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    channels = [(x * x * 3 + y * y * 5 + x * y * 7 + c * 91) // (4 + c) % 256 for c in range(3)]
    return Image.fromarray(np.stack(channels, -1).astype(np.uint8))


def crc(tiles):
    """Of all bytes of tiles [3 x height x width], one after another."""
    value = 0
    for tile in tiles:
        pixels = np.asarray(tile).transpose(1, 2, 0)
        assert (pixels == pixels.astype(np.uint8)).all()
        value = zlib.crc32(pixels.astype(np.uint8).tobytes(), value)
    return f"{value:08x}"


def options(s):
    return {"resample": FILTERS[s.get("filter", "bicubic")], "image_mean": s.get("mean", MEAN),
            "do_rescale": False, "do_normalize": False}


def shape(s):
    """Size and crop of a square tile."""
    side = {"height": s["side"], "width": s["side"]}
    if not s.get("shortestEdge"):
        return {"size": side, "crop_size": side, "do_center_crop": False}
    return {"size": {"shortest_edge": s["shortestEdge"]}, "crop_size": side, "do_center_crop": True}


def single(s, image, count):
    if s.get("shortestEdge") or s.get("padsToSquare"):
        processor = LlavaImageProcessorPil(**shape(s), **options(s), do_pad=s.get("padsToSquare", False))
    else:
        processor = SiglipImageProcessorPil(size=shape(s)["size"], **options(s))
    return processor(image, return_tensors="np")["pixel_values"][0], [], 0, 0


def any_resolution(s, image, count):
    pairs = s["resolutions"]
    pinpoints = [pairs[i:i + 2] for i in range(0, len(pairs), 2)]
    kind = LlavaOnevisionImageProcessorPil if s.get("squaresSeveral") else LlavaNextImageProcessorPil
    processor = kind(**shape(s), **options(s), image_grid_pinpoints=pinpoints)
    images = [[image] * count] if s.get("squaresSeveral") else [image] * count
    values = processor(images, return_tensors="np")["pixel_values"][0]
    if len(values) == 1:
        return values[0], [], 0, 0
    height, width = select_best_resolution((image.height, image.width), pinpoints)
    return values[0], values[1:], height // s["side"], width // s["side"]


def canvas(s, image, count):
    side, least, most = s["side"], s["minimumTiles"], s["maximumTiles"]
    processor = got.GotOcr2ImageProcessorPil(
        size={"height": side, "width": side}, crop_to_patches=True, min_patches=least, max_patches=most, **options(s))
    values = processor(image, return_tensors="np")["pixel_values"]
    if len(values) == 1:
        return values[0], [], 0, 0
    columns, rows = got.get_optimal_tiled_canvas((image.height, image.width), (side, side), least, most)
    return values[-1], values[:-1], rows, columns


def split(s, image, count):
    kind = SmolVLMImageProcessorPil if s.get("smol") else Idefics3ImageProcessorPil
    processor = kind(
        size={"longest_edge": s["longestEdge"] or 1}, do_resize=s["longestEdge"] > 0,
        max_image_size={"longest_edge": s["side"]}, do_image_splitting=s["splits"], **options(s))
    result = processor(image, return_tensors="np", return_row_col_info=True)
    values = result["pixel_values"][0]
    return values[-1], values[:-1], int(result["rows"][0][0]), int(result["cols"][0][0])


def native(s, image, count):
    processor = Qwen2VLImageProcessorPil(
        size={"shortest_edge": s["minimumPixels"], "longest_edge": s["maximumPixels"]}, patch_size=s["unit"],
        merge_size=1, **options(s))
    resized = processor.resize(np.moveaxis(np.array(image), -1, 0), SizeDict(
        shortest_edge=s["minimumPixels"], longest_edge=s["maximumPixels"]),
        FILTERS[s.get("filter", "bicubic")], factor=s["unit"])
    # The whole processor makes as many patches of it.
    grid = processor(image, return_tensors="np")["image_grid_thw"][0]
    assert (grid[1] * s["unit"], grid[2] * s["unit"]) == resized.shape[1:]
    return resized, [], 0, 0


WAYS = {"single": single, "anyResolution": any_resolution, "canvas": canvas, "split": split, "native": native}


def record(s, size, count=1):
    fields = {"width": size[0], "height": size[1], "count": count}
    try:
        overview, tiles, rows, columns = WAYS[s["way"]](s, picture(*size), count)
    except ValueError as error:
        return fields | {"error": str(error)}
    return fields | {"rows": rows, "columns": columns, "side": list(overview.shape[:0:-1]),
                     "overview": crc([overview]), "tiles": crc(tiles)}


def grid(side, rows, columns):
    return [side * n for r in range(1, rows + 1) for c in range(1, columns + 1) for n in (r, c)]


def settings():
    """Each with further sizes of pictures."""
    for edge, side in [(24, 24), (30, 17), (17, 30), (0, 28), (336, 336)]:
        for pads in [False, True]:
            yield {"way": "single", "side": side, "shortestEdge": edge, "padsToSquare": pads}, LONG
    # Squares of more pixels than fit in memory at once.
    for name, side in [("bicubic", 28), ("lanczos", 336), ("bilinear", 17)]:
        yield {"way": "single", "side": side, "padsToSquare": True, "filter": name, "few": True}, [
            (8200, 20), (31, 8201)]
    for name in FILTERS:
        yield {"way": "single", "side": 23, "shortestEdge": 29, "filter": name}, []
        yield {"way": "single", "side": 31, "filter": name, "padsToSquare": True, "mean": [0.5, 0.999, 1]}, []

    next_pairs = [28, 56, 56, 28, 56, 56, 84, 28, 28, 84]
    for edge, side, overview in [(28, 28, [28, 28]), (34, 28, [34, 34]), (20, 28, [20, 20])]:
        yield {"way": "anyResolution", "side": side, "shortestEdge": edge, "overview": overview,
               "resolutions": next_pairs}, LONG
    for name in ["bicubic", "lanczos", "nearest"]:
        yield {"way": "anyResolution", "side": 24, "overview": [24, 24], "resolutions": grid(24, 6, 6),
               "squaresSeveral": True, "filter": name}, LONG
    yield {"way": "anyResolution", "side": 384, "overview": [384, 384], "resolutions": grid(384, 3, 3),
           "squaresSeveral": True, "mean": [0.5, 0.5, 0.5]}, [(800, 600)]
    yield {"way": "anyResolution", "side": 20, "overview": [20, 20], "resolutions": [40, 60]}, []

    for least, most in [(1, 12), (1, 6), (2, 9), (5, 5), (1, 1), (3, 40)]:
        yield {"way": "canvas", "side": 28, "minimumTiles": least, "maximumTiles": most}, LONG
    for name in ["bilinear", "lanczos", "nearest"]:
        yield {"way": "canvas", "side": 14, "minimumTiles": 1, "maximumTiles": 12, "filter": name}, []
    yield {"way": "canvas", "side": 27, "minimumTiles": 5, "maximumTiles": 7, "filter": "hamming", "few": True}, [
        (227, 338), (34, 137)]
    yield {"way": "canvas", "side": 448, "minimumTiles": 1, "maximumTiles": 12}, [(800, 600), (448, 448)]

    for edge, side, splits in [(112, 28, True), (100, 28, True), (28, 28, True), (112, 28, False), (0, 28, True),
                               (20, 28, True), (91, 13, True)]:
        yield {"way": "split", "side": side, "longestEdge": edge, "splits": splits, "filter": "lanczos"}, LONG
    yield {"way": "split", "side": 28, "longestEdge": 112, "splits": True, "filter": "nearest"}, []
    yield {"way": "split", "side": 512, "longestEdge": 1024, "splits": True, "filter": "lanczos", "smol": True}, [
        (800, 600)]
    yield {"way": "split", "side": 700, "longestEdge": 6000, "splits": True, "filter": "bilinear", "few": True}, [
        (60, 13), (13, 61)]

    for unit, least, most in [(28, 56 * 56, 200_000), (28, 1, 5000), (8, 4096, 4096), (4, 16, 10**6), (3, 1, 1)]:
        yield {"way": "native", "unit": unit, "minimumPixels": least, "maximumPixels": most}, LONG + [
            (14, 42), (42, 70), (200, 1), (201, 1)]
    yield {"way": "native", "unit": 6, "minimumPixels": 100, "maximumPixels": 9000, "filter": "lanczos"}, []


def main():
    lines = []
    for s, more in settings():
        sizes = more if s.pop("few", False) else COMMON + more
        cases = [record(s, size) for size in sizes]
        if s.get("squaresSeveral"):
            cases += [record(s, size, 2) for size in sizes] + [record(s, (61, 37), 3)]
        elif s["way"] != "native":
            cases.append(record(s, (61, 37), 2))
        s.pop("smol", None)
        lines.append(json.dumps(s)[:-1] + ', "cases": [\n' + ",\n".join(json.dumps(c) for c in cases) + "\n]}")
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    (here / "tilings.json").write_text(text)
    print(len(lines), "settings,", len(text), "bytes")


main()
