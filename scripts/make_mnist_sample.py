#!/usr/bin/env python3
"""Writes data/mnist_sample: the first 4,000 training and the first 1,000 test images of MNIST, with their labels.

    python3 scripts/make_mnist_sample.py FOLDER_WITH_MNIST [OUTPUT_FOLDER]

The same MNIST gives the same unpacked files; the gzip headers have no time stamp and no name.
"""

import gzip
import pathlib
import struct
import sys

TRAIN, TEST = 4000, 1000


def read(folder, name):
    plain = folder / name
    return plain.read_bytes() if plain.exists() else gzip.decompress((folder / (name + ".gz")).read_bytes())


def first(idx, count):
    """The first `count` elements of an idx file of unsigned bytes."""
    rank = idx[3]
    sizes = struct.unpack(f">{rank}I", idx[4 : 4 + 4 * rank])
    each = 1
    for size in sizes[1:]:
        each *= size
    start = 4 + 4 * rank
    return idx[:4] + struct.pack(f">{rank}I", count, *sizes[1:]) + idx[start : start + count * each]


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    source = pathlib.Path(sys.argv[1])
    default = pathlib.Path(__file__).resolve().parent.parent / "data" / "mnist_sample"
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else default
    target.mkdir(parents=True, exist_ok=True)
    for part, count in (("train", TRAIN), ("t10k", TEST)):
        for name in (f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"):
            packed = gzip.compress(first(read(source, name), count), compresslevel=9, mtime=0)
            (target / (name + ".gz")).write_bytes(packed)
            print(f"{target / (name + '.gz')}: {len(packed)} bytes")


if __name__ == "__main__":
    main()
