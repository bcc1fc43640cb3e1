#!/bin/sh
# From nothing to a picture: installs what is missing, builds one example and the explorer, trains for about a minute, and says
# where the report is.
# usage: scripts/quickstart.sh [options of denoising_autoencoder, e.g. --epochs 10]
# All options: build/release/examples/denoising_autoencoder --help
set -eu
unset CDPATH
case "${1:-}" in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;; esac
cd "$(dirname "$0")/.."

example=denoising_autoencoder
scripts/install_dependencies.sh --with-data ||
  echo "Not everything could be installed; going on with what is there." >&2
cmake --preset release
cmake --build --preset release --target "$example" latent_explorer

out="out/$example"
previous=""
for argument in "$@"; do
  case "$previous" in --out) out="$argument" ;; esac
  case "$argument" in --out=*) out="${argument#--out=}" ;; esac
  previous="$argument"
done

marker=$(mktemp)
trap 'rm -f "$marker"' EXIT
trap 'exit 1' HUP INT TERM
echo
"build/release/examples/$example" --epochs 4 "$@"

pictures=$([ -d "$out" ] && find "$out" -name '*.png' -newer "$marker" | sort || true)
if [ -n "$pictures" ]; then
  echo
  echo "Pictures to look at:"
  echo "$pictures" | while read -r picture; do
    case "$picture" in /*) echo "  $picture" ;; *) echo "  $PWD/$picture" ;; esac
  done
fi
if [ "$out/report.html" -nt "$marker" ]; then
  case "$out" in /*) report="$out/report.html" ;; *) report="$PWD/$out/report.html" ;; esac
  echo
  echo "The whole run in a page; open it in a browser (while the program runs, too):"
  echo "  $report"
fi
