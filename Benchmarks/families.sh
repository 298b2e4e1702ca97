#!/bin/bash
# Time and memory of full-shape models of random weights, as a Markdown table:
# Benchmarks/families.sh [RUNS] [SHAPE ...], in the formats of FORMATS ("bf16 int8").
# Needs PYTHON (default python3) with torch, transformers and Pillow; the picture is 1024 x 768.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-3}
shift || true
shapes=("$@")
[ ${#shapes[@]} -gt 0 ] || shapes=(smolvlm-256m onevision-0.5b llava-1.4b)
export FORMATS=${FORMATS:-bf16 int8}
python=${PYTHON:-python3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" - "$folder/photo.jpg" <<'PY'
import sys
from PIL import Image
Image.open("calib/digit-scenes/images/test-003.jpg").resize((1024, 768)).save(sys.argv[1], quality=92)
PY
echo "| model | weights | plan | import | peak | visual tokens | image | vision | prefill | first token | decode | peak memory |"
echo "|---|---|---|---|---|---|---|---|---|---|---|---|"
for shape in "${shapes[@]}"; do
  "$python" Benchmarks/make_checkpoint.py "$shape" "$folder/$shape" >&2
  "$python" - "$shape" "$folder" "$runs" <<'PY'
import json, os, statistics, subprocess, sys, time

shape, folder, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
formats = os.environ["FORMATS"].split()
plans = {weights: f"{folder}/{shape}.{weights}.h5" for weights in formats}
imports, figures = {}, {weights: [] for weights in formats}
for weights, plan in plans.items():
    command = [".build/release/espalier", "import", f"{folder}/{shape}", "--output", plan, "--weights", weights]
    start = time.time()
    process = subprocess.Popen(command)
    _, _, usage = os.wait4(process.pid, 0)
    imports[weights] = time.time() - start, usage.ru_maxrss * 1024
for _ in range(runs):
    for weights, plan in plans.items():
        command = [".build/release/espalier-run", plan, "--image", f"{folder}/photo.jpg"]
        command += ["--prompt", "What is in this picture?", "--max-tokens", "16", "--json"]
        figures[weights].append(json.loads(subprocess.check_output(command)))
mib = lambda count: f"{count / 2**20:.0f} MiB"
for weights, answers in figures.items():
    stage = lambda name: statistics.median(answer["seconds"][name] for answer in answers)
    rate = statistics.median(answer["decode_tokens_per_second"] for answer in answers)
    memory = max(answer["peak_resident_bytes"] for answer in answers)
    seconds, peak = imports[weights]
    cells = [shape, weights, mib(os.path.getsize(plans[weights])), f"{seconds:.1f} s", mib(peak)]
    cells += [answers[0]["counts"]["visual"], f"{1000 * stage('image'):.0f} ms"]
    cells += [f"{stage(name):.2f} s" for name in ("vision", "prefill", "first_token")]
    print("| " + " | ".join(map(str, cells + [f"{rate:.0f} tokens/s", mib(memory)])) + " |")
PY
  rm -rf "${folder:?}/$shape" "$folder/$shape".*.h5
done
