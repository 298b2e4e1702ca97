#!/bin/bash
# Installs what Espalier is compared with: Benchmarks/peers/setup.sh FOLDER
# Makes FOLDER/reference (a virtual environment with PyTorch, transformers and gguf), FOLDER/openvino (one
# with OpenVINO GenAI and its converter), FOLDER/openvino-old (the same with the transformers 4 that SmolVLM,
# Qwen2-VL and Qwen3-VL are converted with) and FOLDER/llama.cpp (built for this processor from llama-cpp-python's
# source archive). With ISA=avx2 in the environment, FOLDER/llama.cpp-avx2 (built for processors with AVX2 and
# nothing newer) and FOLDER/without-avx512.so come in llama.cpp's place, for `compare.py --isa avx2`. Needs
# python3 with venv, a C++ compiler, 15 GB of disk and the Python package index. TORCH, TRANSFORMERS and LLAMA
# choose versions: TORCH=torch==2.13.0, for one.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
torch=${TORCH:-torch} transformers=${TRANSFORMERS:-transformers==5.23.0} llama=${LLAMA:-0.3.36}
build=$folder/llama.cpp options=()
case ${ISA:-} in
  "") options+=(-DGGML_NATIVE=ON) ;;
  avx2)
    build+=-avx2
    options+=(-DGGML_NATIVE=OFF -DGGML_SSE42=ON -DGGML_AVX=ON -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON)
    options+=(-DGGML_BMI2=ON -DGGML_AVX_VNNI=OFF -DGGML_AVX512=OFF)
    ;;
  *) echo "ISA is avx2 or nothing" >&2; exit 64 ;;
esac

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
options+=(-DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF)
options+=(-DLLAMA_CURL=OFF -DLLAMA_OPENSSL=OFF)
options+=(-DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_SERVER=ON)
cmake -G Ninja -S "$folder/llama_cpp_python-$llama/vendor/llama.cpp" -B "$build" "${options[@]}"
cmake --build "$build" --parallel "${JOBS:-2}" \
  --target llama-mtmd-cli --target llama-bench --target llama-quantize --target llama-server
if [ "${ISA:-}" = avx2 ]; then
  c++ -O2 -shared -fPIC -o "$folder/without-avx512.so" "$here/without_avx512.cpp"
fi
