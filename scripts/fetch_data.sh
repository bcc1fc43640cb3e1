#!/bin/sh
# Downloads MNIST (four files, 11.6 MB) into data/mnist, or into the folder given, and checks every byte.
# usage: [LATENT_MIRROR=https://...] scripts/fetch_data.sh [FOLDER]
set -eu
unset CDPATH
case "${1:-}" in
  -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;;
  "") folder="$(dirname "$0")/../data/mnist" ;;
  -*) echo "usage: [LATENT_MIRROR=URL] scripts/fetch_data.sh [FOLDER], received $*" >&2; exit 2 ;;
  *) folder="$1" ;;
esac

mirrors=${LATENT_MIRROR:-https://ossci-datasets.s3.amazonaws.com/mnist https://storage.googleapis.com/cvdf-datasets/mnist}

if command -v curl >/dev/null 2>&1; then
  download() { curl -fsSL --connect-timeout 15 --max-time 600 -o "$2" "$1"; }
elif command -v wget >/dev/null 2>&1; then
  download() { wget -q --timeout=15 --tries=2 -O "$2" "$1"; }
else
  echo "fetch_data: needs curl or wget, found neither (on Debian: apt-get install curl)" >&2
  exit 1
fi
if command -v sha256sum >/dev/null 2>&1; then
  sum_of() { sha256sum <"$1" | cut -d ' ' -f 1; }
else
  sum_of() { shasum -a 256 <"$1" | cut -d ' ' -f 1; }
fi

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
part=""
trap 'rm -f "$part"' EXIT
trap 'exit 1' HUP INT TERM

# fetch FILE SHA256: a file is put in place only whole and checked.
fetch() {
  target="$folder/$1"
  if [ -e "$target" ] && [ "$(sum_of "$target")" = "$2" ]; then
    echo "$1: already there"
    return
  fi
  if [ -e "$target" ] && gzip -t "$target" 2>/dev/null; then  # what is damaged is replaced
    echo "fetch_data: $target is whole, and not MNIST's (Fashion-MNIST's files have the same names): move it away, or name another" \
         "folder" >&2
    exit 1
  fi
  part=$(mktemp "$folder/$1.XXXXXX")
  for mirror in $mirrors; do
    if ! download "$mirror/$1" "$part"; then
      echo "$1: not available from $mirror" >&2
      continue
    fi
    received=$(sum_of "$part")
    if [ "$received" != "$2" ]; then
      echo "$1: wrong content from $mirror: expected SHA-256 $2, received $received" >&2
      continue
    fi
    chmod 644 "$part"
    mv "$part" "$target"
    echo "$1: fetched from $mirror"
    return
  done
  echo "fetch_data: $1 could not be fetched; put it into $folder by hand, or name another mirror in LATENT_MIRROR" >&2
  exit 1
}

fetch train-images-idx3-ubyte.gz 440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609
fetch train-labels-idx1-ubyte.gz 3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c
fetch t10k-images-idx3-ubyte.gz 8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6
fetch t10k-labels-idx1-ubyte.gz f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6
echo "MNIST is in $folder"
