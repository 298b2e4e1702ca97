#!/bin/bash
# Installs what Espalier is compared with: Benchmarks/peers/setup.sh FOLDER
# Makes FOLDER/reference (a virtual environment with PyTorch, transformers and gguf), FOLDER/openvino (one
# with OpenVINO GenAI and its converter), FOLDER/openvino-old (the same with the transformers 4 that SmolVLM
# and Qwen2-VL are converted with) and FOLDER/llama.cpp (built for this processor from llama-cpp-python's
# source archive). Needs python3 with venv, a C++ compiler, 15 GB of disk and the Python package index. TORCH,
# TRANSFORMERS and LLAMA choose versions: TORCH=torch==2.13.0, for one.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
torch=${TORCH:-torch} transformers=${TRANSFORMERS:-transformers==5.23.0} llama=${LLAMA:-0.3.36}

python3 -m venv "$folder/reference"
"$folder/reference/bin/pip" install --quiet \
  "$torch" "$transformers" pillow safetensors gguf cmake ninja scikit-build-core

python3 -m venv "$folder/openvino"
"$folder/openvino/bin/pip" install --quiet \
  "optimum-intel[nncf]" openvino openvino-genai openvino-tokenizers pillow torchvision

# Only what differs; the rest is that of the environment above.
python3 -m venv "$folder/openvino-old"
library="import sysconfig; print(sysconfig.get_path('purelib'))"
old=$("$folder/openvino-old/bin/python" -c "$library")
"$folder/openvino/bin/python" -c "$library" > "$old/base.pth"
packages=(transformers==4.57.6 "huggingface-hub<1.0" "tokenizers>=0.22,<=0.23" num2words docopt)
"$folder/openvino-old/bin/pip" install --quiet --ignore-installed --no-deps \
  "${packages[@]}" requests urllib3 charset-normalizer idna certifi

export PATH="$folder/reference/bin:$PATH"
pip download --quiet --no-deps --no-build-isolation --no-binary llama-cpp-python \
  --dest "$folder" "llama-cpp-python==$llama"
tar -xzf "$folder/llama_cpp_python-$llama.tar.gz" -C "$folder"
options=(-DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON -DBUILD_SHARED_LIBS=OFF)
options+=(-DLLAMA_CURL=OFF -DLLAMA_OPENSSL=OFF)
options+=(-DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_SERVER=OFF)
cmake -G Ninja -S "$folder/llama_cpp_python-$llama/vendor/llama.cpp" -B "$folder/llama.cpp" "${options[@]}"
cmake --build "$folder/llama.cpp" --parallel "${JOBS:-2}" \
  --target llama-mtmd-cli --target llama-bench --target llama-quantize
