#!/bin/sh
# Runs fuzzed files through all file readers, with clang's libFuzzer and sanitizers.
# usage: scripts/fuzz.sh [SECONDS for each reader, default 60] [READER ..., default all of them]
#
# Inputs with new coverage are kept in build/fuzz/corpus. An input that causes an error is written to
# build/fuzz/found/<reader>-..., and this script fails; build/fuzz/tests/fuzz/fuzz_<reader> FILE shows the error again.
set -eu
unset CDPATH
case "${1:-}" in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;; esac
cd "$(dirname "$0")/.."

seconds=${1:-60}
[ $# -eq 0 ] || shift
case "$seconds" in
  "" | *[!0-9]*) echo "usage: scripts/fuzz.sh [SECONDS] [READER ...], received $seconds" >&2; exit 2 ;;
esac
for reader in "$@"; do
  [ -e "tests/fuzz/fuzz_$reader.cpp" ] && continue
  echo "scripts/fuzz.sh: there is no reader $reader, but $(ls tests/fuzz/fuzz_*.cpp | sed 's/.*fuzz_\(.*\)\.cpp/\1/' | tr '\n' ' ')" >&2
  exit 2
done
command -v clang++ >/dev/null || { echo "scripts/fuzz.sh needs clang++ (Debian: apt-get install clang)" >&2; exit 1; }

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz
corpus=build/fuzz/corpus
mkdir -p build/fuzz/found
python3 tests/fuzz/make_corpus.py "$corpus"

[ $# -gt 0 ] || set -- $(ls tests/fuzz/fuzz_*.cpp | sed 's/.*fuzz_\(.*\)\.cpp/\1/')
for reader in "$@"; do
  dictionary=tests/fuzz/$reader.dict
  echo "== $reader, $seconds s"
  # No piece of memory above 64 MB for inputs of at most 4 kB, and 10 s at most for one of them. (An archive says itself how
  # far back its packed data refer, and libarchive takes that much.)
  case "$reader" in archive | open) memory=2048 ;; *) memory=64 ;; esac
  "build/fuzz/tests/fuzz/fuzz_$reader" -max_total_time="$seconds" -max_len=4096 -malloc_limit_mb=$memory -rss_limit_mb=1024 \
    -timeout=10 -print_final_stats=1 -print_funcs=0 -verbosity=0 -artifact_prefix="build/fuzz/found/$reader-" \
    $([ -e "$dictionary" ] && echo "-dict=$dictionary") "$corpus/$reader"
done
echo "nothing found"
