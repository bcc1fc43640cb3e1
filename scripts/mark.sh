#!/bin/sh
# Marks an exercise: compiles your file, compares its results with correct ones, and reports the marks.
# usage: scripts/mark.sh [--solution] [--file FILE] [--json FILE] [--seconds N] [EXERCISE]
#
#   EXERCISE        its folder in exercises/, or its number: 01_dense, or 1; default: all of them
#   --file FILE     marks this file instead of the one in the exercise's folder
#   --solution      marks the solution, if the solutions are there
#   --json FILE     also writes the marks for a program to read; without EXERCISE a list
#   --seconds N     time limit of a property, in seconds of processor time (default: 10)
#
# The last line is "marks: N of M". Needs g++ (or $CXX, with $CXXFLAGS) and Eigen, in third_party/eigen3, in $EIGEN or where
# systems put it.
set -eu
unset CDPATH
usage() { sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2; }
solution=no file='' json='' seconds=10 wanted=''
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;;
    --solution) solution=yes ;;
    --file | --json | --seconds)
      [ $# -ge 2 ] || usage
      case "$2" in /*) path=$2 ;; *) path=$PWD/$2 ;; esac
      case "$1" in
        --file) file=$path ;;
        --json) json=$path ;;
        *) seconds=$2 ;;
      esac
      shift
      ;;
    -*) usage ;;
    *) [ -z "$wanted" ] || usage; wanted=$1 ;;
  esac
  shift
done
cd "$(dirname "$0")/.."
build=build/exercises
CXX=${CXX:-g++}

all=$(cd exercises && ls -d [0-9][0-9]_*)
asked=${wanted%/} && asked=${asked##*/}  # also exercises/01_dense/
case "$asked" in
  [0-9] | [0-9][0-9]) exercises=$(echo "$all" | grep "^$(printf %02d "${asked#0}")_") || exercises='' ;;
  "") exercises=$all ;;
  *) exercises=$(echo "$all" | grep -xF -e "$asked") || exercises='' ;;
esac
if [ -z "$exercises" ]; then
  printf 'mark: expected one of these exercises, received %s:\n%s\n' "$wanted" "$all" >&2
  exit 2
fi
headers_of() { find "exercises/$1" -maxdepth 1 -name '*.hpp' ! -name keras.hpp | sort; }  # a student's, one a line
if [ "$solution" = no ] && [ -z "$file" ]; then
  for exercise in $exercises; do
    [ "$(headers_of "$exercise" | wc -l)" -ne 1 ] || continue
    printf 'mark: expected one file of yours, or --file and its name; there are:\n%s\n' "$(headers_of "$exercise")" >&2
    exit 2
  done
fi
case "$seconds" in
  "" | . | *[!0-9.]* | *.*.*) echo "mark: --seconds is a number, received $seconds" >&2 && exit 2 ;;
  *[1-9]*) ;;
  *) echo "mark: --seconds is more than 0, received $seconds" >&2 && exit 2 ;;
esac
command -v "$CXX" >/dev/null || { echo "mark: there is no compiler $CXX (Debian: apt-get install g++; another one: CXX=NAME)" >&2 && exit 2; }
if [ -n "$file" ] && { [ -z "$wanted" ] || [ "$solution" = yes ]; }; then usage; fi
if [ -n "$file" ] && { [ ! -f "$file" ] || [ ! -r "$file" ]; }; then echo "mark: cannot read a file $file" >&2; exit 2; fi
case "$file" in
  *\"* | *\\*) echo "mark: a path with a quotation mark or a backslash cannot be included: $file" >&2 && exit 2 ;;
esac
if [ "$solution" = yes ] && [ ! -d exercises/solutions ]; then
  echo "mark: there are no solutions here (exercises/solutions)" >&2
  exit 2
fi

eigen=''
for folder in ${EIGEN:+"$EIGEN"} third_party/eigen3 /usr/include/eigen3 /usr/local/include/eigen3 /opt/homebrew/include/eigen3; do
  [ -n "$eigen" ] || [ ! -e "$folder/Eigen/Core" ] || eigen=$folder
done
if [ -z "$eigen" ]; then
  echo "mark: Eigen is missing (Debian: apt-get install libeigen3-dev)" >&2
  exit 2
fi

mkdir -p "$build"
# What this run writes lies in a folder of its own; what all use comes into its place whole: several may mark at once.
run=$(mktemp -d "$build/run.XXXXXX")
trap 'rm -rf "$run"' EXIT
trap 'exit 1' HUP INT TERM
# GCC need not tidy up its memory, of which it takes less than a gigabyte: a tenth of the time. Clang does not know all of GCC's warnings.
case "$("$CXX" --version 2>/dev/null)" in
  *"Free Software Foundation"*) quirks=--param=ggc-min-heapsize=1000000 precompiled=gch ;;
  *clang*) quirks=-Wno-unknown-warning-option precompiled=pch ;;
  *) quirks='' precompiled='' ;;
esac
openmp=$(scripts/openmp_flag.sh "$CXX")
# All of a program is compiled for the same vectors: for this machine's, where the compiler can ask it.
march=-march=native
echo 'int main() {}' | "$CXX" $march -x c++ -fsyntax-only - 2>/dev/null || march=''
within() {  # within SECONDS COMMAND ...
  limit=$1 && shift
  if command -v timeout >/dev/null 2>&1; then timeout "$limit" "$@"; else "$@"; fi
}
# A compilation has limits, too: of time (seconds of the processor, for others may use the machine), of memory (kB) and of what it
# writes (blocks of 512 bytes).
compile() (
  # shellcheck disable=SC3045  # a shell without it sets no limit
  ulimit -t 120 2>/dev/null || true
  # shellcheck disable=SC3045
  ulimit -v 4000000 2>/dev/null || true
  ulimit -f 400000 2>/dev/null || true
  # shellcheck disable=SC2086  # a list of words
  within 600 "$CXX" -std=c++20 $march $quirks "$openmp" -DEIGEN_DONT_PARALLELIZE -Iinclude -isystem "$eigen" "$@" \
    ${CXXFLAGS:-} </dev/null
)

# What is compiled once is for this compiler and this folder.
compiler=$(printf '%s\n' "$CXX ${CXXFLAGS:-}" "$PWD" && "$CXX" --version)
key=$(echo "$compiler" | cksum | cut -d ' ' -f 1)
up_to_date() {  # up_to_date FILE: is it there, and newer than all that it is made of?
  [ -e "$1" ] && [ -z "$(find exercises/support include -name '*.[hc]pp' -newer "$1" | head -n 1)" ]
}

# headers FLAGS: precompiled headers for these flags, which save 1 to 4 s each time.
headers() {
  [ -n "$precompiled" ] || return 0
  header=$build/headers_$key$(echo "$1" | tr -c 'A-Za-z0-9-\n' _).hpp
  if ! up_to_date "$header.$precompiled"; then
    printf '#include "%s/exercises/support/%s.hpp"\n' "$PWD" alone "$PWD" main >"$run/headers.hpp"
    cmp -s "$run/headers.hpp" "$header" || mv -f "$run/headers.hpp" "$header"
    # shellcheck disable=SC2086  # a list of words
    if compile $1 -x c++-header "$header" -o "$run/headers" 2>/dev/null; then
      mv -f "$run/headers" "$header.$precompiled"
    else
      rm -f "$header.$precompiled"  # then it takes longer
    fi
  fi
  echo "-include $header"
}

# What all exercises share.
library=$build/marker.a
if ! up_to_date "$library" || [ "$(cat "$build/compiler" 2>/dev/null)" != "$compiler" ]; then
  echo "Compiling the marker, once." >&2
  find "$build" -name 'headers*' ! -name "headers_$key*" -exec rm -f {} +  # those of another compiler or folder
  for source in exercises/support/*.cpp; do
    # shellcheck disable=SC2046  # a list of words
    compile -O1 $(headers -O1) -c "$source" -o "$run/$(basename "$source" .cpp).o"
  done
  ar rcs "$run/marker.a" "$run"/*.o
  echo "$compiler" >"$run/compiler"
  mv -f "$run/marker.a" "$library"
  mv -f "$run/compiler" "$build/compiler"
fi

# The digits of exercise 11, as numbers that take no library to read.
for part in train-images t10k-images; do
  digits=$build/$part-idx3-ubyte
  [ -e "$digits" ] || { gzip -dc "data/mnist_sample/$part-idx3-ubyte.gz" >"$run/digits" && mv -f "$run/digits" "$digits"; }
done

# mark EXERCISE: compiles and runs it, leaves its sheet in $run/EXERCISE.txt and .json.
mark() {
  if [ "$solution" = no ]; then yours=$(headers_of "$1"); else yours=$(echo "exercises/solutions/$1"/*.hpp); fi
  [ -z "$file" ] || yours=$file
  case "$yours" in /*) ;; *) yours=$PWD/$yours ;; esac
  flags=$(sed -n '1s|^// flags: ||p' "exercises/$1/marks.cpp")
  flags=${flags:--O1}
  others=exercises  # for an exercise that builds on others
  [ "$solution" = no ] || others=exercises/solutions
  compiled=0
  # shellcheck disable=SC2086  # a list of words
  compile $flags $(headers "$flags") -Wall -Wextra -Wfloat-conversion -Wno-unused-parameter -I"$others" -DYOURS="\"$yours\"" -DEXERCISE="\"$1\"" \
       -DDIGITS="\"$PWD/$build\"" "exercises/$1/marks.cpp" "$library" -o "$run/$1" 2>"$run/$1.errors" || compiled=$?
  if [ "$compiled" = 0 ]; then
    head -n 30 "$run/$1.errors" >&2  # warnings
    ran=0
    (
      ulimit -f 400000 2>/dev/null || true
      # For others may use the machine, which the processor's time does not count.
      whole=${seconds%%.*}
      case "$whole" in *[!0-9]* | "") whole=0 ;; esac
      export MARKS_SECONDS_BEFORE_MAIN=$((whole + 5))
      within 600 "$run/$1" --json "$run/$1.json" --seconds "$seconds" </dev/null >"$run/$1.txt"
    ) || ran=$?
    # A global object of the student's may crash, or never be made, before there is a marker.
    if [ -s "$run/$1.json" ]; then
      cat "$run/$1.txt"
    elif [ $ran = 142 ]; then  # SIGALRM
      no_marks "$1" "it takes too long to make an object that is not in a function"
    else
      no_marks "$1" "it ended before it could be marked"
    fi
  else
    head -n 30 "$run/$1.errors" >&2
    case "$compiled" in
      124 | 137 | 152) no_marks "$1" "compiling it takes too long" ;;  # timeout, or ended by a signal
      *) no_marks "$1" "it does not compile" ;;
    esac
  fi
}
no_marks() {  # no_marks EXERCISE WHY
  printf '%s\n  %s  0/10\nmarks: 0 of 10\n' "$1" "$2" | tee "$run/$1.txt"
  printf '{"exercise": "%s", "marks": 0, "of": 10, "properties": [{"name": "%s", "marks": 0, "of": 10, "message": ""}]}\n' \
    "$1" "$2" >"$run/$1.json"
}

if [ -n "$wanted" ]; then
  mark "$exercises"
  [ -z "$json" ] || cp "$run/$exercises.json" "$json"
  exit 0
fi
for exercise in $exercises; do mark "$exercise"; done
if [ -n "$json" ]; then
  {
    comma='['
    for exercise in $exercises; do printf '%s\n' "$comma" && cat "$run/$exercise.json" && comma=','; done
    echo ']'
  } >"$json"
fi
for exercise in $exercises; do tail -n 1 "$run/$exercise.txt"; done |
  awk '{ marks += $2; of += $4 } END { print "\nmarks: " marks " of " of }'
