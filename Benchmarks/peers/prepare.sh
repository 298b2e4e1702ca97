#!/bin/bash
# A model of random weights for every engine: Benchmarks/peers/prepare.sh FOLDER SHAPE
# FOLDER is what setup.sh made; SHAPE is llava-1.4b, smolvlm-256m, qwen2-vl-2b, qwen3-vl-2b, qwen3.5-0.8b,
# lfm2-vl-450m or gemma-3-4b.
# Makes FOLDER/photo.jpg (1024 x 768) and in FOLDER/SHAPE checkpoint, llama, openvino-int8 and openvino-int4,
# each where it is missing and the engine knows the family; Espalier's plans are made by compare.py.
set -euo pipefail
folder=$(cd "$1" && pwd) shape=$2
cd "$(dirname "$0")/../.."
python="$folder/reference/bin/python"
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-2}
mkdir -p "$folder/$shape"
"$python" - "$folder/photo.jpg" <<'PY'
import sys
from PIL import Image
Image.open("calib/digit-scenes/images/test-003.jpg").resize((1024, 768)).save(sys.argv[1], quality=92)
PY
environment=openvino formats="int8 int4"
case $shape in
  qwen2-vl-*) environment=openvino-old formats=int8 ;;
  qwen3-vl-*) environment=openvino-old ;;
  smolvlm-*) environment=openvino-old formats=int8 ;;
  qwen3.5-* | lfm2-vl-* | gemma-3-*) formats="" ;;
esac
checkpoint="$folder/$shape/checkpoint"
[ -e "$checkpoint" ] || "$python" Benchmarks/make_checkpoint.py "$shape" "$checkpoint"
if [[ $shape != qwen2-vl-* ]] && [ ! -e "$folder/$shape/llama" ]; then
  "$python" Benchmarks/peers/convert_gguf.py "$checkpoint" "$folder/$shape/llama"
  language="$folder/$shape/llama/language"
  # Either build of llama.cpp writes the same files.
  for program in "$folder"/llama.cpp{-avx2,}/bin/llama-quantize; do
    [ -x "$program" ] && quantize=$program
  done
  for format in Q8_0 Q4_0; do
    "$quantize" "$language.bf16.gguf" "$language.${format,,}.gguf" "$format" 2
  done
  # 8 GB that llama-bf16 alone would read.
  [[ $shape != gemma-3-* ]] || rm "$language.bf16.gguf" "$folder/$shape/llama/vision.bf16.gguf"
fi
source=$checkpoint
if [ $environment = openvino-old ]; then
  source=$checkpoint-old
  [ -e "$source" ] || "$python" Benchmarks/peers/legacy_config.py "$checkpoint" "$source"
fi
for format in $formats; do
  model="$folder/$shape/openvino-$format"
  [ -e "$model" ] || PYTHON="$folder/$environment/bin/python" \
    Benchmarks/peers/convert_openvino.sh "$source" "$model" "$format"
done
