#!/bin/sh
# Installs what is missing, builds everything and runs all tests.
# usage: [PRESET=release|debug|asan|clang|tsan] scripts/test.sh [options of ctest, e.g. -R layers]
set -eu
cd "$(dirname "$0")/.."

PRESET=${PRESET:-release}
export PRESET
scripts/install_dependencies.sh
cmake --preset "$PRESET"
cmake --build --preset "$PRESET"
ctest --preset "$PRESET" -j2 "$@"
