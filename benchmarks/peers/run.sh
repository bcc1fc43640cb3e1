#!/bin/sh
# Installs PyTorch and TensorFlow into build/peers/.venv, builds latent's benchmark and compares the three.
# usage: benchmarks/peers/run.sh [options of compare.py; --help lists them]
set -eu
unset CDPATH
cd "$(dirname "$0")/../.."

venv=build/peers/.venv
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
# PyTorch comes with its CUDA libraries; if PIP_EXTRA_INDEX_URL names an index of CPU builds, those do (1 GB, not 6).
"$venv/bin/python" -c 'import torch, keras, tensorflow' >/dev/null 2>&1 ||
  "$venv/bin/pip" install --quiet numpy torch tensorflow-cpu keras

cmake --preset release
cmake --build --preset release --target training_step
exec "$venv/bin/python" benchmarks/peers/compare.py "$@"
