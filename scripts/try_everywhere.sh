#!/bin/sh
# Tries latent with other compilers, standard libraries, processors and systems than yours, and prints a table.
# usage: scripts/try_everywhere.sh [NAME ...]      default: all of them
#
#   gcc-11 gcc-12 gcc-13 gcc-14      clang-14 clang-16 clang-19, and each with libc++: clang-14-libc++ ...
#   x86-64-v3 x86-64-v4 native       vectors: AVX2, AVX-512, those of this machine
#   c++23 clang-c++23                the newer standard
#   no-openmp                        -fopenmp-simd alone
#   aarch64                          a cross compiler, run by qemu-user
#   windows                          MinGW-w64, run by wine
#   macos-arm64 macos-x86-64         compiled and linked by `zig c++` (PyPI's ziglang), not run
#   webassembly                      Emscripten, run by node
#   wasi                             WebAssembly for WASI by `zig c++`, without exceptions: the training alone, run by node
#
# For each, a choice of the tests (tests/portability/tests.cpp) and a program that trains two networks
# (training_program.cpp) are compiled with all warnings and run. What is missing is installed with apt and pip; Debian's packages
# that cannot be installed beside each other (libc++, libomp) are unpacked below build/everywhere, and a g++ that this Debian does
# not have comes with the tree of a newer one, by mmdebstrap, in which it runs (chroot, which needs root). Logs lie there, too.
# Fails if something that could be had did not compile, or a test failed.
set -u
unset CDPATH
case "${1:-}" in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;; esac
cd "$(dirname "$0")/.." || exit

all="gcc-11 gcc-12 gcc-13 gcc-14 clang-14 clang-14-libc++ clang-16 clang-16-libc++ clang-19 clang-19-libc++
     x86-64-v3 x86-64-v4 native c++23 clang-c++23 no-openmp aarch64 windows macos-arm64 macos-x86-64 webassembly wasi"
# shellcheck disable=SC2086  # a list of words
[ $# -gt 0 ] || set -- $all
for name; do
  # shellcheck disable=SC2086  # a list of words
  printf '%s\n' $all | grep -qxF -e "$name" || { echo "try_everywhere: expected some of $(echo $all), received $name" >&2 && exit 2; }
done

folder=$PWD/build/everywhere
packages=$folder/packages
mkdir -p "$packages" "$folder/include"
warnings="-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow"
serial="-fopenmp-simd -Wno-unknown-pragmas"  # without OpenMP
standard=-std=c++20

as_root="sudo -n env"
[ "$(id -u)" -ne 0 ] || as_root="env"
updated=no
update() {  # the list of what apt has, once
  [ "$updated" = yes ] || $as_root apt-get update -qq >/dev/null 2>&1
  updated=yes
}
# install PROGRAM PACKAGE ...: false if the program is not there and cannot be had
install() {
  program=$1
  shift
  command -v "$program" >/dev/null && return
  update
  $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >>"$folder/install.log" 2>&1
  command -v "$program" >/dev/null
}
# unpack PACKAGE ...: what Debian does not install beside another version
unpack() {
  for package; do
    [ -e "$packages/$package.unpacked" ] && continue
    update
    (cd "$packages" && apt-get download -qq "$package" && dpkg -x "$package"_*.deb "$packages") >>"$folder/install.log" 2>&1 ||
      return 1
    touch "$packages/$package.unpacked"
  done
}

# newer_debian COMPILER: makes a tree of Debian 13 with that compiler. Sets `inside`, a command that runs another one in the tree,
# where this folder is, too. (The mount is seen by that command alone.)
newer_debian() {
  tree=$folder/debian-13
  command -v mmdebstrap >/dev/null || install mmdebstrap mmdebstrap || return 1
  [ -x "$tree/usr/bin/$1" ] || {
    $as_root rm -rf "$tree"
    $as_root mmdebstrap --variant=extract --include=g++-13,g++-14,libeigen3-dev,doctest-dev trixie "$tree" >>"$folder/install.log" 2>&1
    for place in bin lib lib64; do [ -e "$tree/$place" ] || $as_root ln -s "usr/$place" "$tree/$place"; done
  }
  cat >"$folder/inside.sh" <<END
mkdir -p "$tree$PWD" && mount --bind "$PWD" "$tree$PWD" || exit
exec unshare --root="$tree" --wd="\$PWD" "\$@"
END
  inside="$as_root unshare -m sh $folder/inside.sh"
  $inside "$1" --version >>"$folder/install.log" 2>&1
}

# Of all that lies in /usr/include a cross compiler may see these alone.
for library in eigen3/Eigen eigen3/unsupported doctest; do
  for place in /usr/include /usr/local/include; do
    [ ! -e "$place/$library" ] || ln -sfn "$place/$library" "$folder/include/$(basename "$library")"
  done
done
if [ ! -e "$folder/include/Eigen" ] || [ ! -e "$folder/include/doctest" ]; then
  echo "try_everywhere: Eigen or doctest is missing: run scripts/install_dependencies.sh first" >&2
  exit 1
fi

# build NAME ENDING "COMPILER and its flags": the programs; prints the number of warnings, or nothing
programs="tests training_program"
unwanted=""  # warnings
build() {
  for what in $programs; do
    optimised=-O2
    [ "$what" = training_program ] || optimised=-O0
    # shellcheck disable=SC2086  # lists of flags
    $3 $standard $optimised $warnings $unwanted -DEIGEN_DONT_PARALLELIZE -DLATENT_QUIET -Iinclude -Itests -isystem "$folder/include" \
      "tests/portability/$what.cpp" -o "$folder/$1/$what$2" || return 1
  done >"$folder/$1/compiler.log" 2>&1
  grep -c 'warning: .*\[-W' "$folder/$1/compiler.log"
}

# reference: the weights of g++ for plain x86-64, which the others are compared with
reference=$folder/reference.txt
compare() {  # compare WEIGHTS: "same bits", or the largest difference
  cmp -s "$reference" "$1" && echo "same bits" && return
  paste "$reference" "$1" | awk '{ d = $1 - $2; if (d < 0) d = -d; if (!(d <= most)) most = d } END { printf "%.1g", most }'
}

print() { printf '| %-16s | %-52s | %-8s | %-8s | %-8s | %-9s | %9s |\n' "$@"; }
failures=0
# try NAME WHAT ENDING "COMPILER and its flags" ["COMMAND that runs a program", default none: compiled only]
try() {
  name=$1 what=$2 ending=$3 compiler=$4
  mkdir -p "$folder/$name"
  found=$(build "$name" "$ending" "$compiler")
  if [ -z "$found" ]; then
    failures=$((failures + 1))
    print "$name" "$what" "no" "" "" "" ""
    return
  fi
  if [ $# -lt 5 ]; then
    print "$name" "$what" yes "$found" "not run" "" ""
    return
  fi
  cd "$folder/$name" || exit 1
  # shellcheck disable=SC2086  # lists of words
  if [ "$programs" = training_program ]; then
    tests="not run"
  elif $5 ./tests$ending >tests.log 2>&1; then
    tests=passed
  else
    tests=FAILED failures=$((failures + 1))
  fi
  # shellcheck disable=SC2086
  $5 ./training_program$ending 2>/dev/null | tr -d '\r' >result.txt
  # shellcheck disable=SC2086
  $5 ./training_program$ending --weights 2>/dev/null | tr -d '\r' >weights.txt
  cd - >/dev/null || exit 1
  [ "$name" != reference ] || cp "$folder/$name/weights.txt" "$reference"
  print "$name" "$what" yes "$found" "$tests" "$(compare "$folder/$name/weights.txt")" \
    "$(sed -n 's/samples.s: //p' "$folder/$name/result.txt")"
}
absent() {
  print "$1" "$2" "" "" "" "" ""
}

version_of() { "$@" -dumpfullversion -dumpversion 2>/dev/null || "$@" -dumpversion; }
plain="-march=x86-64 -fopenmp"

print build "what it is" compiles warnings tests weights samples/s
print --- --- --- ---: --- --- ---:
install g++ g++
try reference "g++ $(version_of g++), -march=x86-64 -fopenmp" "" "g++ $plain" env

for name; do
  case $name in
    gcc-*)
      compiler=g++-${name#gcc-}
      if install "$compiler" "$compiler"; then
        try "$name" "g++ $(version_of "$compiler")" "" "$compiler $plain" env
      elif newer_debian "$compiler"; then
        # shellcheck disable=SC2086  # a list of words
        try "$name" "g++ $(version_of $inside "$compiler") of Debian 13" "" "$inside $compiler $plain" "$inside"
      else
        absent "$name" "not to be had: apt has no $compiler"
      fi
      ;;
    clang-c++23)
      if install clang++-19 clang-19; then
        standard=-std=c++23
        try "$name" "clang $(version_of clang++-19) -std=c++23, no OpenMP" "" "clang++-19 -march=x86-64 $serial" env
        standard=-std=c++20
      else
        absent "$name" "not to be had: apt has no clang-19"
      fi
      ;;
    clang-*-libc++)
      version=${name#clang-} version=${version%-libc++} llvm=$packages/usr/lib/llvm-${name#clang-}
      llvm=${llvm%-libc++}
      if install "clang++-$version" "clang-$version" &&
        unpack "libc++-$version-dev" "libc++1-$version" "libc++abi-$version-dev" "libc++abi1-$version" "libunwind-$version" \
          "libunwind-$version-dev"; then
        try "$name" "clang $(version_of "clang++-$version") with its own library, no OpenMP" "" \
          "clang++-$version -march=x86-64 $serial -nostdinc++ -isystem $llvm/include/c++/v1 -nostdlib++ -L$llvm/lib
           -Wl,-rpath,$llvm/lib -lc++ -lc++abi" env
      else
        absent "$name" "not to be had: apt has no clang-$version or libc++-$version-dev"
      fi
      ;;
    clang-*)
      version=${name#clang-} llvm=$packages/usr/lib/llvm-${name#clang-}/lib
      if install "clang++-$version" "clang-$version" && unpack "libomp-$version-dev" "libomp5-$version"; then
        headers=$(dirname "$(find "$llvm" -name omp.h | head -n 1)")
        try "$name" "clang $(version_of "clang++-$version")" "" \
          "clang++-$version $plain -isystem $headers -L$llvm -Wl,-rpath,$llvm" env
      else
        absent "$name" "not to be had: apt has no clang-$version or libomp-$version-dev"
      fi
      ;;
    x86-64-v3 | x86-64-v4 | native)
      if [ "$name" = x86-64-v4 ] && ! grep -q avx512dq /proc/cpuinfo; then
        absent "$name" "this machine has no AVX-512"
      else
        try "$name" "g++ -march=$name -fopenmp" "" "g++ -march=$name -fopenmp" env
      fi
      ;;
    c++23)
      standard=-std=c++23
      try "$name" "g++ $(version_of g++) -std=c++23" "" "g++ $plain" env
      standard=-std=c++20
      ;;
    no-openmp) try "$name" "g++ -fopenmp-simd" "" "g++ -march=x86-64 $serial" env ;;
    aarch64)
      if install aarch64-linux-gnu-g++ g++-aarch64-linux-gnu && install qemu-aarch64 qemu-user; then
        try "$name" "g++ $(version_of aarch64-linux-gnu-g++) for ARM (NEON), run by qemu" "" "aarch64-linux-gnu-g++ -fopenmp" \
          "qemu-aarch64 -L /usr/aarch64-linux-gnu"
      else
        absent "$name" "not to be had: apt has no cross compiler or no qemu-user"
      fi
      ;;
    windows)
      wine=/usr/lib/wine/wine64
      if install x86_64-w64-mingw32-g++-posix g++-mingw-w64-x86-64-posix && install $wine wine64; then
        WINEPREFIX=$folder/wine WINEDEBUG=-all
        export WINEPREFIX WINEDEBUG
        try "$name" "MinGW-w64's g++ $(version_of x86_64-w64-mingw32-g++-posix), run by wine" .exe \
          "x86_64-w64-mingw32-g++-posix $plain -static -Wa,-mbig-obj" "$wine"
      else
        absent "$name" "not to be had: apt has no MinGW-w64 or no wine64"
      fi
      ;;
    macos-* | wasi)
      zig=$folder/zig/bin/python
      # doctest 2.4.9 does not include what it takes from <cfloat>, and newer Clangs warn of its __COUNTER__.
      flags="$serial -DDBL_EPSILON=__DBL_EPSILON__" unwanted=-Wno-c2y-extensions
      if "$zig" -m ziglang version >/dev/null 2>&1 ||
        { python3 -m venv "$folder/zig" && "$folder/zig/bin/pip" install -q ziglang; } >>"$folder/install.log" 2>&1; then
        what="zig $("$zig" -m ziglang version)'s clang, no OpenMP" compiler="$zig -m ziglang c++ $flags -target"
        case $name in
          macos-arm64) try "$name" "$what" "" "$compiler aarch64-macos" ;;
          macos-x86-64) try "$name" "$what" "" "$compiler x86_64-macos" ;;
          wasi)
            # zig's library for WASI has no exceptions: one ends the program.
            cat >"$folder/no_exceptions.cpp" <<END
#include <cstdlib>
extern "C" void* __cxa_allocate_exception(std::size_t) { std::abort(); }
extern "C" void __cxa_throw(void*, void*, void (*)(void*)) { std::abort(); }
END
            cat >"$folder/wasi.mjs" <<END
import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';
const wasi = new WASI({ version: 'preview1', args: process.argv.slice(2) });
const program = await WebAssembly.compile(await readFile(process.argv[2]));
wasi.start(await WebAssembly.instantiate(program, wasi.getImportObject()));
END
            install node nodejs
            programs=training_program
            try "$name" "$what, run by node" .wasm "$compiler wasm32-wasi -D_WASI_EMULATED_PROCESS_CLOCKS
              -lwasi-emulated-process-clocks $folder/no_exceptions.cpp" "node $folder/wasi.mjs"
            programs="tests training_program"
            ;;
        esac
      else
        absent "$name" "not to be had: pip cannot install ziglang"
      fi
      unwanted=""
      ;;
    webassembly)
      if install em++ emscripten && install node nodejs; then
        # Debian's Emscripten is older than node 18, whose fetch() it takes for a browser's.
        node=node
        case $(node --version) in v1[0-7].*) ;; *) node="node --no-experimental-fetch" ;; esac
        NODE_PATH=/usr/share/nodejs
        export NODE_PATH
        try "$name" "Emscripten $(em++ -dumpversion), -msimd128, run by node" .js \
          "em++ -msimd128 -fexceptions -sALLOW_MEMORY_GROWTH=1 -sEXIT_RUNTIME=1 $serial" "$node"
      else
        absent "$name" "not to be had: apt has no emscripten or no nodejs"
      fi
      ;;
    *)
      echo "try_everywhere: expected one of $all, received $name" >&2
      exit 2
      ;;
  esac
done
echo
echo "samples/s: a convolutional network's, on one thread, by the processor's time. Logs: build/everywhere/NAME"
[ "$failures" -eq 0 ]
