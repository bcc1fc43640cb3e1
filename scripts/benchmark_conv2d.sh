#!/bin/sh
# Times every rung of the convolution ladder and oneDNN, and draws the table and the roofline.
# usage: scripts/benchmark_conv2d.sh [FOLDER] [options of the benchmark, e.g. --benchmark_filter=7x7]
# Writes conv2d.json, conv2d.md and roofline.png to FOLDER (default out/conv2d). Takes about eight minutes, in which the
# machine should do nothing else.
set -eu
unset CDPATH
case "${1:-}" in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;; esac
cd "$(dirname "$0")/.."

out=out/conv2d
case "${1:-}" in
  "" | --*) ;;
  *) out=$1 && shift ;;
esac
scripts/install_dependencies.sh --with-benchmarks
cmake --preset release
cmake --build --preset release --target conv2d conv2d_report
mkdir -p "$out"
# Rungs and repetitions take turns, so that a slow moment of the machine does not fall on one of them alone.
build/release/benchmarks/conv2d --benchmark_repetitions=3 --benchmark_enable_random_interleaving=true \
  --benchmark_out="$out/conv2d.json" --benchmark_out_format=json "$@"
build/release/benchmarks/conv2d_report "$out/conv2d.json" --table "$out/conv2d.md" --picture "$out/roofline.png"
echo "Written: $out/conv2d.json $out/conv2d.md $out/roofline.png"
