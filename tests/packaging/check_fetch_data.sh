#!/bin/sh
# Tries scripts/fetch_data.sh on mirrors made of files.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v curl >/dev/null 2>&1 || { echo "skipped: a mirror made of files needs curl"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $1"; cat "$work/log"; exit 1; }
fetch() { LATENT_MIRROR=$1 "$root/scripts/fetch_data.sh" "$2" >"$work/log" 2>&1; }

mkdir "$work/empty" "$work/wrong"
echo "not MNIST" >"$work/wrong/train-images-idx3-ubyte.gz"

fetch "file://$work/empty" "$work/a" && fail "expected an error without any files"
grep -q "train-images-idx3-ubyte.gz could not be fetched" "$work/log" || fail "expected the name of the file"
[ -z "$(ls -A "$work/a")" ] || fail "expected an empty folder, received $(ls -A "$work/a")"

fetch "file://$work/wrong" "$work/b" && fail "expected an error for wrong content"
grep -q "expected SHA-256 440fcabf" "$work/log" || fail "expected the two sums"
[ -z "$(ls -A "$work/b")" ] || fail "expected an empty folder, received $(ls -A "$work/b")"

real=""
for folder in "$root/data/mnist" ${LATENT_DATA:+"$LATENT_DATA/mnist" "$LATENT_DATA"}; do
  [ -e "$folder/train-images-idx3-ubyte.gz" ] && real=$folder
done
if [ -z "$real" ]; then
  echo "passed; without MNIST a complete download was not tried"
  exit 0
fi
# The first mirror is bad, the second good.
fetch "file://$work/wrong file://$real" "$work/c" || fail "expected all four files"
for file in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
  cmp -s "$real/$file-ubyte.gz" "$work/c/$file-ubyte.gz" || fail "$file differs"
done
[ "$(ls -A "$work/c" | wc -l)" -eq 4 ] || fail "expected four files, received $(ls -A "$work/c")"
# A damaged file is fetched again, the others are not.
echo damaged >"$work/c/t10k-labels-idx1-ubyte.gz"
fetch "file://$real" "$work/c" || fail "expected the damaged file to be replaced"
[ "$(grep -c "already there" "$work/log")" -eq 3 ] || fail "expected three files already there"
cmp -s "$real/t10k-labels-idx1-ubyte.gz" "$work/c/t10k-labels-idx1-ubyte.gz" || fail "the damaged file is still there"
# Another data set, of files with the same names, stays.
echo fashion | gzip >"$work/c/t10k-labels-idx1-ubyte.gz"
fetch "file://$real" "$work/c" && fail "expected another data set to be refused"
grep -q "t10k-labels-idx1-ubyte.gz is whole, and not MNIST's" "$work/log" || fail "expected the file's name"
[ "$(gzip -dc "$work/c/t10k-labels-idx1-ubyte.gz")" = fashion ] || fail "another data set is gone"
echo "passed"
