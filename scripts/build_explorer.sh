#!/bin/sh
# Makes an explorer of any network: a page to explore its codes. For the networks of the course latent_explorer is enough; this
# script first compiles the network for the page, with Emscripten.
# usage: scripts/build_explorer.sh WEIGHTS.safetensors [NETWORK.hpp] [--out explorer.html] [more options of latent_explorer]
#        scripts/build_explorer.sh --course [WEIGHTS.safetensors ...]     compiles those of the course again, and these, too
#
# WEIGHTS is a file of save_model, which describes the layers. For layers of your own, NETWORK.hpp defines them and the type
# `Network`. Missing packages (emscripten, nodejs, python3-numpy) are installed with apt.
set -eu
unset CDPATH
case "${1:-}" in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;; esac
here=$(cd "$(dirname "$0")/.." && pwd)
usage() {
  sed -n 's/^# usage: /usage: /p; s/^#        scripts/       scripts/p' "$0" >&2
  exit 2
}
[ $# -gt 0 ] || usage

as_root="sudo -n env"
[ "$(id -u)" -ne 0 ] || as_root="env"
install() {  # install "COMMAND that works where it is there" PACKAGE
  if sh -c "$1" >/dev/null 2>&1; then return; fi
  echo "Installing $2 with apt-get."
  if ! { $as_root apt-get update -qq && $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2"; } >/dev/null; then
    echo "build_explorer: $2 is missing and could not be installed" >&2
    exit 1
  fi
}
install "command -v em++" emscripten
install "command -v node" nodejs
install "/usr/bin/python3 -c 'import numpy'" python3-numpy

work=$here/build/explorer
mkdir -p "$work/include"
# Of all that lies in /usr/include the compiler for the browser may see Eigen alone.
for folder in /usr/include/eigen3 /usr/local/include/eigen3; do
  for library in Eigen unsupported; do
    [ ! -e "$folder/$library" ] || ln -sfn "$folder/$library" "$work/include/$library"
  done
done

# compile FOLDER: its network.hpp as simd.wasm and plain.wasm, and what these say of themselves as module.json
compile() {
  for kind in simd plain; do
    # Without exceptions an error ends the module, and the page says so: with them it would be many times slower.
    flags="-O3 -msimd128"
    [ "$kind" = simd ] || flags=-Oz
    # shellcheck disable=SC2086  # a list of words
    NODE_PATH=/usr/share/nodejs em++ -std=c++20 $flags -DNDEBUG -DEIGEN_DONT_PARALLELIZE -DLATENT_QUIET -fopenmp-simd \
      -Wno-unknown-pragmas -I"$here/include" -isystem "$work/include" -DLATENT_NETWORK="\"$1/network.hpp\"" \
      -sSTANDALONE_WASM --no-entry -sALLOW_MEMORY_GROWTH=1 -sFILESYSTEM=0 -sMALLOC=emmalloc \
      "$here/explorer/module.cpp" -o "$1/$kind.wasm"
  done
  node "$here/explorer/describe.js" "$1/simd.wasm" >"$1/module.json"
}

networks=$here/explorer/networks.tar.xz
if [ "$1" = --course ]; then
  shift
  mkdir -p "$work/course"
  [ ! -e "$networks" ] || tar -xJf "$networks" -C "$work/course"
  for weights; do  # networks that are new, or have changed
    /usr/bin/python3 "$here/scripts/explorer_network.py" "$weights" "$work/course/$(basename "$weights" .safetensors)"
  done
  for folder in "$work"/course/*/; do
    compile "${folder%/}"
    echo "$(basename "$folder"): $(wc -c <"$folder/simd.wasm") and $(wc -c <"$folder/plain.wasm") bytes"
  done
  # One stream for all of them, for they have much in common; in an order that does not depend on the machine.
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=a+r,u+w -C "$work/course" -cf - . | xz -9e >"$networks"
  echo "$networks: $(wc -c <"$networks") bytes"
  exit
fi

weights=$1 header=""
shift
case ${1:-} in *.hpp) header=$1 && shift ;; esac
folder=$work/own
rm -rf "$folder"
mkdir -p "$folder"
[ -z "$header" ] || cp "$header" "$folder/network.hpp"
# shellcheck disable=SC2086  # one word or none
/usr/bin/python3 "$here/scripts/explorer_network.py" "$weights" "$folder" $header
echo "Compiling the network, for about half a minute."
compile "$folder"
explorer=${LATENT_EXPLORER:-$here/build/release/examples/latent_explorer}
if [ ! -x "$explorer" ]; then
  cmake --preset release -S "$here" >/dev/null
  cmake --build "$here/build/release" --target latent_explorer
fi
exec "$explorer" "$weights" --network "$folder" "$@"
