#!/bin/bash
# A checkpoint as OpenVINO GenAI reads it: Benchmarks/peers/convert_openvino.sh CHECKPOINT FOLDER [int8|int4]
# Weights of the language model in the given format, the rest in 8 bits. PYTHON (default python3) needs
# optimum-intel[nncf] and openvino-tokenizers.
set -euo pipefail
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-2}
"${PYTHON:-python3}" -m optimum.commands.optimum_cli export openvino \
  --model "$1" --task image-text-to-text --weight-format "${3:-int8}" "$2"
