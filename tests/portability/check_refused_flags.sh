#!/bin/sh
# Whether flags under which latent would be wrong are refused by the first error, in words.
# usage: check_refused_flags.sh COMPILER [flags]
set -u
program=$(mktemp)
trap 'rm -f "$program"' EXIT
echo '#include <latent/latent.hpp>' >"$program"
failed=0
refused() {  # refused FLAG WORDS COMPILER [flags]
  flag=$1 words=$2
  shift 2
  first=$("$@" "$flag" -fsyntax-only -x c++ "$program" 2>&1 | grep -m1 -E "error: ")
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
refused -fno-exceptions "latent reports errors as exceptions" "$@"
refused -std=c++17 "latent needs C++20" "$@"
exit $failed
