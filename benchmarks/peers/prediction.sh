#!/bin/sh
# Installs ONNX Runtime and OpenVINO into build/peers/.venv, builds latent's benchmark and compares the predictions. PyTorch
# takes part if run.sh has installed it there.
# usage: benchmarks/peers/prediction.sh [options of compare_prediction.py; --help lists them]
set -eu
unset CDPATH
cd "$(dirname "$0")/../.."

venv=build/peers/.venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import onnx, onnxruntime, openvino' >/dev/null 2>&1 ||
  "$venv/bin/pip" install --quiet numpy onnx onnxruntime openvino

cmake --preset release
cmake --build --preset release --target prediction
exec "$venv/bin/python" benchmarks/peers/compare_prediction.py "$@"
