#!/bin/sh
# Whether flags under which latent would be wrong are refused by the first error, in words.
# usage: check_refused_flags.sh COMPILER [flags]
set -u
program=$(mktemp)
trap 'rm -f "$program" "$program.out"' EXIT
echo '#include <latent/latent.hpp>' >"$program"
failed=0
refused() {  # refused FLAG WORDS COMPILER [flags]
  flag=$1 words=$2
  shift 2
  # The preprocessor says it. (Clang reads on behind an error, a second for each flag.)
  first=$("$@" "$flag" -E -x c++ "$program" 2>&1 >/dev/null | grep -m1 -E "error: ")
  case "$first" in
    *"$words"*) ;;
    *)
      echo "$flag: expected '$words', received '$first'" >&2
      failed=1
      ;;
  esac
}
math="without -ffast-math"
refused -ffast-math "$math" "$@"
refused -Ofast "$math" "$@"
refused -ffinite-math-only "$math" "$@"
# Clang tells nobody about this one: sums keep their order nevertheless.
if "$1" --version | grep -q clang; then
  echo '#include <latent/kernels/math.hpp>
  int main(int count, char**) {
    const float x[4]{-0.2f * static_cast<float>(count), 0, 0, 0};
    return latent::simd::exp(latent::simd::load<4>(x))[0] < 0.9f ? 0 : 1;
  }' >"$program"
  if ! "$@" -funsafe-math-optimizations -O2 -x c++ "$program" -o "$program.out" || ! "$program.out"; then
    echo "-funsafe-math-optimizations: exp(-0.2) is wrong" >&2
    failed=1
  fi
  echo '#include <latent/latent.hpp>' >"$program"
fi
refused -fno-exceptions "latent reports errors as exceptions" "$@"
if ! echo '#include <omp.h>' | "$@" -fopenmp -fsyntax-only -x c++ - 2>/dev/null; then
  refused -fopenmp "needs OpenMP's library" "$@"
fi
refused -std=c++17 "latent needs C++20" "$@"
exit $failed
