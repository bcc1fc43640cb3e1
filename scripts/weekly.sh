#!/bin/sh
# Checks that take too long for every change: optimised tests with g++ and Clang, sanitizers, fuzzers, and mutations of the headers
# that some test has to notice. Several hours on two cores.
# usage: scripts/weekly.sh [release|asan|clang|tsan|exchange|fuzz|mutants|everywhere ...]     default: all of them
#
#   release   all tests with g++, with the optimisation of the release preset
#   asan      all tests with AddressSanitizer and UndefinedBehaviorSanitizer (with float-cast-overflow)
#   clang     all tests with Clang; every header compiles alone
#   tsan      training, prediction and evaluation with ThreadSanitizer
#   exchange  weights, models and references to and from Keras, PyTorch and ONNX Runtime (scripts/test_weights_exchange.sh)
#   fuzz      each reader is given made-up files for FUZZ_SECONDS (default 300)
#   mutants   MUTANTS (default 300) small changes to the headers, another sample each week
#   everywhere   other compilers, processors and systems (scripts/try_everywhere.sh)
set -u
unset CDPATH
case "${1:-}" in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;; esac
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- release asan clang tsan exchange fuzz mutants everywhere
for part in "$@"; do  # a wrong name is not found after hours
  case "$part" in
    release | asan | clang | tsan | exchange | fuzz | mutants | everywhere) ;;
    *)
      echo "usage: scripts/weekly.sh [release|asan|clang|tsan|exchange|fuzz|mutants|everywhere ...], received $part" >&2
      exit 2
      ;;
  esac
done
results="" status=0
for part in "$@"; do
  echo "== $part"
  case "$part" in
    release | asan | clang) PRESET=$part scripts/test.sh ;;
    tsan)
      # Threads are looked at, not numbers: the tests in which several work. (The sanitizer has an `operator new` of its own.)
      tests=$(grep -L 'operator new(' tests/training/test_*.cpp tests/models/test_*.cpp tests/evaluation/test_*.cpp tests/kernels/test_*.cpp \
        tests/core/test_*.cpp tests/io/test_*.cpp tests/layers/test_dropout.cpp tests/layers/test_sampling.cpp \
        tests/layers/test_batch_normalization.cpp | sed 's|tests/||; s|/test_|_|; s|\.cpp$||')
      # shellcheck disable=SC2046  # words are wanted
      PRESET=tsan scripts/install_dependencies.sh && cmake --preset tsan &&
        cmake --build --preset tsan --target $(echo "$tests" | sed 's/^/test_/') &&
        OMP_NUM_THREADS=3 TSAN_OPTIONS=ignore_noninstrumented_modules=1 \
          ctest --preset tsan -R "^($(echo "$tests" | sed 's/_/[.]/' | paste -s -d'|'))\$"
      ;;
    exchange) scripts/install_dependencies.sh && scripts/test_weights_exchange.sh ;; # 77 where Keras cannot be installed: not passed
    fuzz) PRESET=clang scripts/install_dependencies.sh && scripts/fuzz.sh "${FUZZ_SECONDS:-300}" ;;
    mutants)
      # Of the build the tests' main and Keras's references are wanted; the tests are compiled with each mutant.
      preset="test"
      PRESET=test scripts/install_dependencies.sh
      compiler=$(scripts/quick_compiler.sh test) || preset="release" compiler=${CXX:-c++}
      cmake --preset $preset -D CMAKE_CXX_COMPILER="$compiler" &&
        cmake --build --preset $preset --target latent_test_main latent_keras_reference &&
        tests/mutants.py --build build/$preset --sample "${MUTANTS:-300}" --seed "$(date +%G%V)" --jobs "$(nproc)"
      ;;
    everywhere) scripts/install_dependencies.sh && scripts/try_everywhere.sh ;;
  esac
  if [ $? -eq 0 ]; then result=passed; else result=FAILED status=1; fi
  results="$results
  $part: $result"
done
echo "== how it ended$results"
exit "$status"
