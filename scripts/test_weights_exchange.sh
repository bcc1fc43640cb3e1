#!/bin/sh
# Exchanges weights with real Keras and real PyTorch, both ways, and models with Keras, PyTorch and ONNX Runtime.
# usage: [LATENT_PYTHON=/path/to/python] [PRESET=release|debug|asan|clang] scripts/test_weights_exchange.sh
#
# Without LATENT_PYTHON, Keras (with TensorFlow) and PyTorch are installed into build/exchange/.venv, once (some GB). Where
# that is not possible the script says that it skips, and its exit code is 77.
set -eu
unset CDPATH
case "${1:-}" in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;; esac
cd "$(dirname "$0")/.."

python=${LATENT_PYTHON:-}
if [ -z "$python" ]; then
  python=$PWD/build/exchange/.venv/bin/python
  # PyTorch comes with its CUDA libraries; if PIP_EXTRA_INDEX_URL names an index of CPU builds, those do (1 GB, not 6).
  if ! { [ -x "$python" ] || python3 -m venv build/exchange/.venv; } ||
     ! { "$python" -c 'import keras, tensorflow, torch, onnx, onnxscript, onnxruntime' 2>/dev/null ||
         "$python" -m pip install --quiet keras tensorflow-cpu torch onnx onnxscript onnxruntime; }; then
    echo "skipped: Keras and PyTorch could not be installed; LATENT_PYTHON may name a Python that has them" >&2
    exit 77
  fi
fi

PRESET=${PRESET:-release}
cmake --preset "$PRESET" -D LATENT_PYTHON="$python"
cmake --build --preset "$PRESET" --target weights_program models_program
ctest --preset "$PRESET" --verbose -R '^exchange\.'
