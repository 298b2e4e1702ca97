#!/bin/bash
# Time and memory of full-shape models of random weights, as a Markdown table: Benchmarks/families.sh [RUNS]
# Needs PYTHON (default python3) with torch, transformers and Pillow; the picture is 1024 x 768.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-3}
python=${PYTHON:-python3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" - "$folder/photo.jpg" <<'PY'
import sys
from PIL import Image
Image.open("calib/digit-scenes/images/test-003.jpg").resize((1024, 768)).save(sys.argv[1], quality=92)
PY
echo "| model | plan | import | peak | visual tokens | image | vision | prefill | first token | decode | peak memory |"
echo "|---|---|---|---|---|---|---|---|---|---|---|"
for shape in smolvlm-256m onevision-0.5b; do
  "$python" Benchmarks/make_checkpoint.py "$shape" "$folder/$shape" >&2
  "$python" - "$shape" "$folder" "$runs" <<'PY'
import json, os, resource, statistics, subprocess, sys, time

shape, folder, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
plan = f"{folder}/{shape}.h5"
start = time.time()
subprocess.run([".build/release/espalier", "import", f"{folder}/{shape}", "--output", plan], check=True)
seconds, peak = time.time() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
command = [".build/release/espalier-run", plan, "--image", f"{folder}/photo.jpg", "--prompt", "What is in this picture?"]
figures = [json.loads(subprocess.check_output(command + ["--max-tokens", "16", "--json"])) for _ in range(runs)]
stage = lambda name: statistics.median(figure["seconds"][name] for figure in figures)
rate = statistics.median(figure["decode_tokens_per_second"] for figure in figures)
memory = max(figure["peak_resident_bytes"] for figure in figures)
mib = lambda count: f"{count / 2**20:.0f} MiB"
cells = [shape, mib(os.path.getsize(plan)), f"{seconds:.1f} s", mib(peak), figures[0]["counts"]["visual"]]
cells += [f"{1000 * stage('image'):.0f} ms"] + [f"{stage(name):.2f} s" for name in ("vision", "prefill", "first_token")]
print("| " + " | ".join(map(str, cells + [f"{rate:.0f} tokens/s", mib(memory)])) + " |")
PY
  rm -rf "${folder:?}/$shape" "$folder/$shape.h5"
done
