#!/usr/bin/env python3
"""Writes what the fuzzers start from: FOLDER/<reader>/..., small files that are right.

python3 tests/fuzz/make_corpus.py FOLDER
"""

import gzip
import io
import json
import pathlib
import struct
import sys
import tarfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
FILES = HERE.parent / "datasets/files"
ARCHIVES = ".gz", ".tgz", ".xz", ".bz2", ".zst", ".zip", ".7z"
IMAGES = ".png", ".jpg", ".jpeg", ".bmp"


def safetensors(tensors, metadata=None):
    """tensors: name -> (dtype, shape, bytes)."""
    header, data = {"__metadata__": metadata} if metadata else {}, b""
    for name, (dtype, shape, content) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def idx(sizes, data):
    return bytes([0, 0, 8, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes) + data


def packed(data, level=9):
    return gzip.compress(data, compresslevel=level, mtime=0)


def png(width, height, color, rows, pieces=1):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress(rows)
    step = -(-len(pixels) // pieces)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, color, 0, 0, 0))
        + b"".join(chunk(b"IDAT", pixels[i : i + step]) for i in range(0, len(pixels), step))
        + chunk(b"IEND", b"")
    )


def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    blocks = sum(1 - (-len(content) // 512) for content in files.values()) + 2
    return out.getvalue()[: 512 * blocks]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    kernel, bias = struct.pack("<4f", 1, -2, 3e-40, 4), struct.pack("<2d", 0.1, 1e300)
    dense = {"dense/kernel": ("F32", [2, 2], kernel), "dense/bias": ("F64", [2], bias)}
    images, labels = idx([2, 2, 3], bytes(range(12))), idx([5], bytes([0, 9, 255, 3, 1]))
    files = {
        "safetensors": [
            safetensors({}),
            safetensors({"x": ("I64", [], bytes(8)), "none": ("F32", [3, 0], b"")}, {"format": "pt"}),
            safetensors(dense, {"format": "latent", "version": "1", "summary": '\u250f "x"\n'}),
            safetensors({"x/" + name: tensor for name, tensor in dense.items()}),
            safetensors({**dense, **{f"verify/{of}/0": ("F32", [2, 2], kernel) for of in ("input", "output")}}),
        ],
        "architecture": [
            json.dumps(config).encode()
            for config in json.loads((HERE.parent / "io" / "keras_configs.json").read_text()).values()
            if len(json.dumps(config)) < 4096
        ],
        "idx": [images, labels, packed(images), packed(labels), *(path.read_bytes() for path in sorted(FILES.glob("idx_*")))],
        "idx_source": [images, packed(images), *(path.read_bytes() for path in sorted(FILES.glob("idx_*")))],
        "training_state": [
            bytes([which, at]) + struct.pack("<d", value) for which in range(0, 40, 3) for at in (0, 0xF1) for value in (1, -0.5)
        ],
        "png": [
            png(3, 2, 0, bytes([0, 1, 2, 3, 1, 4, 5, 6])),
            png(2, 2, 2, bytes([2, *range(6), 3, *range(6)])),
            png(1, 3, 6, bytes([4, 1, 2, 3, 4] * 3)),
            png(4, 1, 4, bytes(range(9)), pieces=3),
        ],
        "archive": [
            tar({"train/digit_0/1.png": b"abc", "test/digit_0/2.png": bytes(600)}),
            packed(tar({"a": b"", "b/c": bytes(512)})),
            *(path.read_bytes() for path in sorted(FILES.iterdir()) if path.suffix in ARCHIVES),
        ],
        "csv": [path.read_bytes() for path in sorted(FILES.glob("*.csv"))] + [b"label,a\n1,2\n", b'"a,b"\r\n-1e3\r\n'],
        "npy": [path.read_bytes() for path in sorted(FILES.glob("*.npy"))],
        "npz": [path.read_bytes() for path in sorted(FILES.glob("*.npz"))],
        "open": [path.read_bytes() for path in sorted(FILES.iterdir()) if path.name != "expected.txt"] + [bytes(3073)],
        "image": [path.read_bytes() for path in sorted(FILES.iterdir()) if path.suffix.lower() in IMAGES],
        "gzip": [
            packed(b""),
            packed(b"abc" * 1000),
            packed(b"abc") + packed(b"def"),
            packed(bytes(range(256)), 0),
            b"plain",
        ],
    }
    for reader, contents in files.items():
        folder = pathlib.Path(sys.argv[1]) / reader
        folder.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(contents):
            (folder / f"made_{number}").write_bytes(content)


if __name__ == "__main__":
    main()
