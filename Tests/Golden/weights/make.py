"""Prints digests of a few tensors of the reference model's plan, computed from its safetensors by hand."""
import hashlib
import json
import pathlib
import struct

import numpy as np

model = pathlib.Path(__file__).parents[3] / "calib/reference-model"
data = (model / "model.safetensors").read_bytes()
length = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:8 + length])
preprocessor = json.loads((model / "preprocessor_config.json").read_text())


def halves(name):
    start, end = header[name]["data_offsets"]
    return np.frombuffer(data[8 + length + start:8 + length + end], "<u2").reshape(header[name]["shape"])


def floats(name):
    return (halves(name).astype(np.uint32) << 16).view(np.float32)


def panels(array):
    """bfloat16 panels: 16 rows each, for every 2 elements of a row both, row by row."""
    rows, columns = (-size % unit for size, unit in zip(array.shape, (16, 2)))
    padded = np.pad(array, ((0, rows), (0, columns)))
    return padded.reshape(len(padded) // 16, 16, -1, 2).transpose(0, 2, 1, 3)


def int8_panels(array):
    """int8 panels: 16 scales, for every 4 elements of a row these, divided by its scale, plus 128, row by row."""
    rows, columns = (-size % unit for size, unit in zip(array.shape, (16, 4)))
    padded = np.pad(array, ((0, rows), (0, columns)))
    scales = np.abs(padded).max(axis=1) / np.float32(127)
    inverse = np.divide(np.float32(1), scales, out=np.zeros_like(scales), where=scales > 0)
    levels = (np.rint(padded * inverse[:, None]) + 128).astype(np.uint8)
    words = levels.reshape(len(padded) // 16, 16, -1, 4).transpose(0, 2, 1, 3).reshape(len(padded) // 16, -1)
    return np.hstack([scales.reshape(-1, 16).view(np.uint8), words])


decoder, tower = "language_model.model.layers.3.", "vision_tower."
patches = floats(tower + "embeddings.patch_embedding.weight").astype(np.float64)
mean, deviation = (np.array(preprocessor[key])[None, :, None, None] for key in ("image_mean", "image_std"))
qkv = [decoder + f"self_attn.{part}_proj.weight" for part in "qkv"]
exponents = np.arange(0, 48, 2, dtype=np.float32) / np.float32(48)
# The power in double, rounded once, as torch's float32 power gives it.
angles = np.float32(1) / (10000.0 ** exponents.astype(np.float64)).astype(np.float32)
tensors = {
    ("bfloat16", "text/layers/03/qkv"): panels(np.vstack([halves(name) for name in qkv])),
    ("int8", "text/layers/03/qkv"): int8_panels(np.vstack([floats(name) for name in qkv])),
    ("int8", "text/layers/03/down"): int8_panels(floats(decoder + "mlp.down_proj.weight")),
    ("float32", "text/layers/03/qkv"): np.vstack([floats(name) for name in qkv]),
    ("bfloat16", "text/layers/03/down"): panels(halves(decoder + "mlp.down_proj.weight")),
    ("bfloat16", "text/final_norm"): floats("language_model.model.norm.weight"),
    ("float32", "text/rope_inverse_frequencies"): angles,
    ("bfloat16", "vision/patch_embedding"):
        (patches * preprocessor["rescale_factor"] / deviation).reshape(192, -1).astype(np.float32),
    ("float32", "projector/linear_2"): floats("multi_modal_projector.linear_2.weight"),
}
for (format, name), array in tensors.items():
    digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
    print(f'    (.{format}, "{name}",\n      "{digest}"),')
