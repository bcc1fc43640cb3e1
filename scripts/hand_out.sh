#!/bin/sh
# Makes the archive of exercises for students: without solutions, and with everything that is needed to compile offline.
# usage: scripts/hand_out.sh [ARCHIVE.tar.gz]   (default: build/latent-exercises.tar.gz)
#
# In it: the exercises, the library, its docs, Eigen's headers under their licence, the sample of digits and scripts/mark.sh. A student
# needs g++ and a shell.
set -eu
unset CDPATH
case "${1:-}" in
  -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;;
  -*) echo "usage: scripts/hand_out.sh [ARCHIVE.tar.gz], received $1" >&2 && exit 2 ;;
esac
[ $# -le 1 ] || { echo "usage: scripts/hand_out.sh [ARCHIVE.tar.gz], received $2, too" >&2 && exit 2; }
case "${1:-}" in "" | /*) archive=${1:-} ;; *) archive=$PWD/$1 ;; esac
cd "$(dirname "$0")/.."
archive=${archive:-$PWD/build/latent-exercises.tar.gz}

eigen=''
for folder in ${EIGEN:+"$EIGEN"} third_party/eigen3 /usr/include/eigen3 /usr/local/include/eigen3 /opt/homebrew/include/eigen3; do
  [ -n "$eigen" ] || [ ! -e "$folder/Eigen/Core" ] || eigen=$folder
done
if [ -z "$eigen" ]; then
  echo "hand_out: Eigen is missing (Debian: apt-get install libeigen3-dev)" >&2
  exit 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work" "$archive.part"' EXIT
trap 'exit 1' HUP INT TERM
root=$work/latent-exercises
mkdir -p "$root/scripts" "$root/data" "$root/third_party/eigen3/unsupported/Eigen" "$(dirname "$archive")"
cp -R include LICENSE "$root"
cp -R data/mnist_sample "$root/data"
cp scripts/mark.sh scripts/openmp_flag.sh "$root/scripts"
mkdir -p "$root/docs/images"
cp -R docs/*.md docs/lessons docs/course docs/live "$root/docs"
cp -R docs/images/roofline.png docs/images/lessons docs/images/course "$root/docs/images"
# What lessons and sheets lead to.
for page in examples/README.md benchmarks/README.md benchmarks/peers/README.md; do
  mkdir -p "$root/$(dirname "$page")"
  cp "$page" "$root/$page"
done
printf '# Exercises with latent\n\nBegin with [exercises/README.md](exercises/README.md).\n' >"$root/README.md"
mkdir "$root/exercises"
cp -R exercises/support exercises/[0-9][0-9]_* exercises/README.md "$root/exercises"
rm -rf "$root"/exercises/support/*.py "$root"/exercises/support/test_* "$root"/exercises/support/__pycache__ "$root"/exercises/support/precompiled.cpp
# What the README says to teachers is not for students.
sed -i.all '/^## For teachers/,$d' "$root/exercises/README.md" && rm "$root/exercises/README.md.all"
cp -R "$eigen/Eigen" "$root/third_party/eigen3"
cp -R "$eigen"/unsupported/Eigen/CXX11 "$root/third_party/eigen3/unsupported/Eigen"
# The tensors use these functions of another unsupported module.
mkdir "$root/third_party/eigen3/unsupported/Eigen/src"
cp -R "$eigen/unsupported/Eigen/SpecialFunctions" "$root/third_party/eigen3/unsupported/Eigen"
cp -R "$eigen/unsupported/Eigen/src/SpecialFunctions" "$root/third_party/eigen3/unsupported/Eigen/src"
for licence in /usr/share/doc/libeigen3-dev/copyright "$eigen/COPYING.MPL2" "$eigen/COPYING"; do
  [ ! -r "$licence" ] || { cp "$licence" "$root/third_party/eigen3/COPYING" && break; }
done
tar -czf "$archive.part" -C "$work" latent-exercises
mv "$archive.part" "$archive"
echo "$archive: $(tar -tzf "$archive" | wc -l) files, $(wc -c <"$archive") bytes, $(find exercises -maxdepth 1 -name '[0-9]*' | wc -l) exercises"
