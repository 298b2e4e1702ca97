"""Products of oneDNN beside Espalier's: python3 Benchmarks/products.py PLAN [ROWS] [ROUNDS]

PLAN holds a decoder of width 2048 with an FFN of 5632 and 2560 fused attention rows (llava-1.4b of make_checkpoint.py)
in bf16. PyTorch's linear layers run on oneDNN in float32 and bfloat16. Both take turns; medians of all rounds. Needs
torch and a release build.
"""

import re
import statistics
import subprocess
import sys
import time

import torch

SHAPES = {"qkv": (2048, 2560), "gate/up": (2048, 11264), "down": (5632, 2048)}
plan, rows, rounds = sys.argv[1], int((sys.argv[2:3] or [616])[0]), int((sys.argv[3:4] or [5])[0])
torch.set_num_threads(2)
rates = {}


def onednn(name, depth, outputs, dtype):
    layer = torch.nn.Linear(depth, outputs, bias=False).to(dtype)
    x = torch.randn(rows, depth).to(dtype)
    with torch.no_grad():
        layer(x)
        start = time.perf_counter()
        for _ in range(5):
            layer(x)
    rate = 5 * 2 * rows * depth * outputs / (time.perf_counter() - start) / 1e9
    rates.setdefault((name, f"oneDNN {dtype}".replace("torch.", "")), []).append(rate)


for _ in range(rounds):
    for name, (depth, outputs) in SHAPES.items():
        for dtype in (torch.float32, torch.bfloat16):
            onednn(name, depth, outputs, dtype)
    command = [".build/release/espalier", "bench", plan, "--parts", str(rows), "--repetitions", "3", "--threads", "2"]
    for line in subprocess.check_output(command, text=True).splitlines():
        cells = re.split(r"\s{2,}", line.strip())
        if cells[0] in SHAPES and cells[2] == "float32":
            depth, outputs = SHAPES[cells[0]]
            milliseconds = {"us": 1e-3, "ms": 1, "s": 1e3}
            amount, unit = cells[3].split()
            other = 2 * rows * depth * outputs / (float(amount) * milliseconds[unit]) / 1e6
            rates.setdefault((cells[0], "Espalier float32"), []).append(other)
            rates.setdefault((cells[0], "Espalier bf16"), []).append(float(cells[5].split()[0]))
kinds = ["oneDNN float32", "Espalier float32", "oneDNN bfloat16", "Espalier bf16"]
print("| product, GFLOP/s | " + " | ".join(kinds) + " |\n" + "|---" * (len(kinds) + 1) + "|")
for name, (depth, outputs) in SHAPES.items():
    cells = [f"{statistics.median(rates[name, kind]):.0f}" for kind in kinds]
    print(f"| {name}, {rows} x {depth} x {outputs} | " + " | ".join(cells) + " |")
