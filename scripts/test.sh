#!/bin/sh
# Installs what is missing, builds everything and runs all tests: those of the preset `test`, in the shortest time, with Clang,
# which compiles them in less than half of g++'s time; where there is none, those of the preset `release`.
# usage: [PRESET=test|release|debug|asan|clang|tsan] scripts/test.sh [options of ctest, e.g. -R layers]
set -eu
cd "$(dirname "$0")/.."

PRESET=${PRESET:-test}
export PRESET
scripts/install_dependencies.sh
if [ "$PRESET" = test ]; then
  if compiler=$(scripts/quick_compiler.sh); then
    cmake --preset test -D CMAKE_CXX_COMPILER="$compiler"
  else
    echo "No Clang 15 or newer here: with the compiler of the preset release, which takes longer."
    PRESET=release
  fi
fi
[ "$PRESET" = test ] || cmake --preset "$PRESET"
cmake --build --preset "$PRESET"
ctest --preset "$PRESET" -j2 "$@"
