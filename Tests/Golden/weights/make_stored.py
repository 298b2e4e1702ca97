"""Writes small checkpoints whose matrices are stored as codes, and adapters, with the numbers that they stand for.

    python Tests/Golden/weights/make_stored.py

A folder each in stored/: config.json and model.safetensors as they would be downloaded, expected.safetensors as
compressed-tensors, torch or PEFT decode them. Needs torch, safetensors, compressed-tensors, peft.
"""

import json
import shutil
from pathlib import Path

import torch
from compressed_tensors.compressors import BaseCompressor
from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file

here = Path(__file__).parent / "stored"
torch.manual_seed(22)


def folder(name, config, stored, expected):
    path = here / name
    path.mkdir(parents=True)
    (path / "config.json").write_text(json.dumps({"quantization_config": config} if config else {}))
    save_file({key: value.clone().contiguous() for key, value in stored.items()}, path / "model.safetensors")
    save_file({key: value.float().contiguous() for key, value in expected.items()}, path / "expected.safetensors")
    return path


def grid(weight, rows, columns):
    """Largest magnitudes of blocks."""
    height, width = -(-weight.shape[0] // rows), -(-weight.shape[1] // columns)
    padded = torch.zeros(height * rows, width * columns)
    padded[:weight.shape[0], :weight.shape[1]] = weight
    return padded.reshape(height, rows, width, columns).abs().amax((1, 3))


def spread(scales, rows, columns, shape):
    return scales.repeat_interleave(rows, 0).repeat_interleave(columns, 1)[:shape[0], :shape[1]]


def make_fp8():
    weight, other, norm = torch.randn(40, 50), torch.randn(7, 9).bfloat16(), torch.randn(7)
    for name, (rows, columns), dtype in [("fp8-blocks", (16, 32), torch.float32), ("fp8-blocks-bf16", (16, 16), torch.bfloat16)]:
        scales = (grid(weight, rows, columns) / 448).to(dtype)
        codes = (weight / spread(scales.float(), rows, columns, weight.shape)).clamp(-448, 448).to(torch.float8_e4m3fn)
        stored = {"a.weight": codes, "a.weight_scale_inv": scales, "b.weight": other, "norm.weight": norm}
        folder(name, {"quant_method": "fp8", "weight_block_size": [rows, columns]}, stored,
               {"a.weight": codes.float() * spread(scales.float(), rows, columns, weight.shape), "b.weight": other, "norm.weight": norm})
    scale = torch.tensor(float(weight.abs().max() / 448))
    codes = (weight / scale).to(torch.float8_e4m3fn)
    folder("fp8-whole", {"quant_method": "fp8"}, {"a.weight": codes, "a.weight_scale_inv": scale, "a.input_scale": scale},
           {"a.weight": codes.float() * scale})
    every = torch.arange(256, dtype=torch.uint8).view(torch.float8_e4m3fn).reshape(16, 16)
    every = torch.where(every.float().isnan(), torch.zeros(16, 16), every.float()).to(torch.float8_e4m3fn)
    scales = torch.rand(16, 1) + 0.5
    folder("fp8-rows", {"quant_method": "fbgemm_fp8"}, {"a.weight": every, "a.weight_scale": scales},
           {"a.weight": every.float() * scales})


def make_compressed():
    for name, form, options in [
        ("int8-channel", "int-quantized", dict(num_bits=8, strategy="channel")),
        ("int8-tensor", "int-quantized", dict(num_bits=8, strategy="tensor")),
        ("int8-asymmetric", "int-quantized", dict(num_bits=8, strategy="channel", symmetric=False)),
        ("int8-packed", "pack-quantized", dict(num_bits=8, strategy="group", group_size=16)),
        ("int4-group", "pack-quantized", dict(num_bits=4, strategy="group", group_size=16)),
        ("int4-channel", "pack-quantized", dict(num_bits=4, strategy="channel")),
        ("int4-asymmetric", "pack-quantized", dict(num_bits=4, strategy="group", group_size=16, symmetric=False)),
        ("int3-group", "pack-quantized", dict(num_bits=3, strategy="group", group_size=16)),
        ("float8-channel", "float-quantized", dict(num_bits=8, type="float", strategy="channel")),
    ]:
        arguments = QuantizationArgs(**{"type": "int", "symmetric": True, **options})
        scheme = QuantizationScheme(targets=["Linear"], weights=arguments)
        weight = torch.randn(12, 48)
        width = options.get("group_size") or (48 if options["strategy"] == "channel" else None)
        rows = 1 if width else 12
        scales = grid(weight, rows, width or 48) / (448 if options.get("type") else 2 ** (options["num_bits"] - 1) - 1)
        state = {"weight": weight, "weight_scale": scales if width else scales.reshape(1)}
        if not arguments.symmetric:
            state["weight_zero_point"] = torch.randint(-3, 4, scales.shape, dtype=torch.int8)
        compressor = BaseCompressor.get_value_from_registry(form)
        stored = compressor.compress(state, scheme)
        decoded = compressor.decompress(stored, scheme)["weight"]
        config = {"quant_method": "compressed-tensors", "format": form,
                  "config_groups": {"group_0": {"targets": ["Linear"], "weights": json.loads(arguments.model_dump_json())}}}
        folder(name, config, {f"a.{key}": value for key, value in stored.items()}, {"a.weight": decoded})


class Part(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.value, self.head = torch.nn.Linear(20, 12), torch.nn.Linear(20, 12), torch.nn.Linear(12, 5, bias=False)

    def forward(self, x):
        return self.head(self.query(x) + self.value(x))


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList([Part(), Part()])

    def forward(self, x):
        return sum(layer(x) for layer in self.layers)


def make_adapters():
    for name, options in [
        ("adapter", dict(r=4, lora_alpha=6, target_modules=["query", "value"])),
        ("adapter-rooted", dict(r=5, lora_alpha=3, use_rslora=True, target_modules=["query"])),
        ("adapter-patterns", dict(r=4, lora_alpha=6, target_modules=["query", "value"], rank_pattern={"layers.1.value": 7},
                                  alpha_pattern={"layers.1.value": 11}, modules_to_save=["head"])),
    ]:
        model = Model()
        # The names of an older layout than the module's.
        stored = {f"language_model.model.{key}": value.clone() for key, value in model.state_dict().items()}
        wrapped = get_peft_model(model, LoraConfig(**options))
        for key, value in wrapped.named_parameters():
            if "lora_" in key or "modules_to_save" in key:
                torch.nn.init.normal_(value)
        path = folder(name, None, stored, {})
        wrapped.save_pretrained(path / "adapter")
        (path / "adapter" / "README.md").unlink()
        merged = wrapped.merge_and_unload().state_dict()
        save_file({f"language_model.model.{key}": value.float().contiguous() for key, value in merged.items()},
                  path / "expected.safetensors")


shutil.rmtree(here, ignore_errors=True)
make_fp8()
make_compressed()
make_adapters()
