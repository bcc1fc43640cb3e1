#!/usr/bin/env python3
"""Writes tests/datasets/files: small files made by other programs, and what these read from them.

python3 tests/datasets/make_files.py [FOLDER]     needs numpy, Pillow, pypng, bsdtar, zip and 7z

Archives differ each time they are made, by the times in them. expected.txt holds a line for each image: its file, who read it, height, width, channels, and the values in 0 ... 1.
"""

import csv
import gzip
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

import numpy as np
import png
from PIL import Image

HERE = pathlib.Path(__file__).parent
FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE / "files")
EXPECTED = []


def expect(name, reader, values):
    """values: (height, width) or (height, width, channels) in 0 ... 1."""
    values = np.asarray(values, np.float64)
    values = values.reshape(values.shape[0], values.shape[1], -1)
    numbers = " ".join(f"{v:.6g}" for v in values.ravel())
    EXPECTED.append(f"{name} {reader} {' '.join(map(str, values.shape))} {numbers}")


def noise(*shape, largest=255, seed=0):
    return np.random.default_rng(seed).integers(0, largest + 1, shape)


def by_pypng(name, array, **options):
    """A PNG of values 0 ... 2^bits - 1; pypng reads back what it wrote, which Pillow cannot for all kinds."""
    height, width = array.shape[:2]
    rows = array.reshape(height, -1).tolist()
    with open(FOLDER / name, "wb") as out:
        png.Writer(width, height, **options).write(out, rows)
    _, _, back, info = png.Reader(bytes=(FOLDER / name).read_bytes()).asDirect()
    back = np.array([list(row) for row in back]).reshape(height, width, -1)
    if info["alpha"]:
        back = back[:, :, :-1]
    largest = 2 ** info["bitdepth"] - 1
    expect(name, "pypng", back / largest)


def pngs():
    for bits in 1, 2, 4, 8, 16:
        for kind in "", "_interlaced":
            by_pypng(f"gray_{bits}{kind}.png", noise(9, 11, largest=2**bits - 1, seed=bits), greyscale=True,
                     bitdepth=bits, interlace=kind != "")  # fmt: skip
    for bits in 8, 16:
        for channels, kind in (2, "gray_alpha"), (3, "rgb"), (4, "rgba"):
            by_pypng(f"{kind}_{bits}.png", noise(3, 5, channels, largest=2**bits - 1, seed=bits), bitdepth=bits,
                     greyscale=channels == 2, alpha=channels != 3, interlace=channels == 4)  # fmt: skip
    for bits in 1, 2, 4, 8:
        colours = [tuple(c) for c in noise(2**bits if bits < 8 else 40, 3, seed=7).tolist()]
        by_pypng(f"palette_{bits}.png", noise(5, 7, largest=len(colours) - 1), palette=colours, bitdepth=bits)
    # Transparent: in a palette, and as one colour of an image.
    colours = [(255, 0, 0, 0), (0, 255, 0, 128), (0, 0, 255, 255)]
    by_pypng("palette_alpha.png", noise(4, 4, largest=2), palette=colours, bitdepth=2)
    by_pypng("transparent_colour.png", noise(4, 4, largest=3), greyscale=True, bitdepth=2, transparent=1)

    good = (FOLDER / "rgb_8.png").read_bytes()
    values = np.asarray(Image.open(io.BytesIO(good))) / 255
    end = good.index(b"IEND") - 4
    text = b"\x00\x00\x00\x05tEXta\x00b c" + b"\x01\x02\x03\x04"  # a wrong checksum
    for name, data in ("wrong_text_crc.png", good[:end] + text + good[end:]), ("trailing.png", good + b"\nmore\0"):
        (FOLDER / name).write_bytes(data)
        expect(name, "Pillow", np.asarray(Image.open(FOLDER / name)) / 255)
        assert (np.asarray(Image.open(FOLDER / name)) / 255 == values).all()


def other_images():
    y, x = np.mgrid[0:12, 0:16]
    smooth = np.stack([15 * y + 20, 15 * x, 255 - 8 * x - 8 * y], axis=-1).clip(0, 255).astype(np.uint8)

    def save(name, image, **options):
        image.save(FOLDER / name, **options)
        back = Image.open(FOLDER / name)
        expect(name, "Pillow", np.asarray(back.convert("L" if back.mode in ("1", "L", "LA") else "RGB")) / 255)

    colour, gray = Image.fromarray(smooth), Image.fromarray(smooth[:, :, 1])
    save("colour.jpg", colour, quality=95, subsampling=0)
    save("subsampled.JPG", colour, quality=90, subsampling=2)
    save("progressive.jpeg", colour, quality=95, subsampling=0, progressive=True)
    save("gray.jpg", gray, quality=95)
    save("restart.jpg", gray, quality=95, restart_marker_blocks=1)
    inks = np.dstack([255 - smooth, (5 * x + 3 * y).astype(np.uint8)])
    save("cmyk.jpg", Image.fromarray(inks, "CMYK"), quality=95)  # with Adobe's marker, as all programs write it
    save("colour.bmp", colour.crop((0, 0, 7, 5)))
    save("palette.bmp", colour.crop((0, 0, 7, 5)).convert("P", palette=Image.ADAPTIVE, colors=9))
    save("gray.bmp", gray.crop((0, 0, 7, 5)))
    save("black_and_white.bmp", gray.crop((0, 0, 7, 5)).convert("1"))
    save("rgba.bmp", colour.crop((0, 0, 7, 5)).convert("RGBA"))
    # What to_gray and resize are compared with.
    for name, size in ("smaller", (5, 6)), ("larger", (25, 19)), ("taller", (6, 24)):
        floats = [np.asarray(Image.fromarray(smooth[:, :, c].astype(np.float32)).resize(size, Image.BILINEAR)) / 255
                  for c in range(3)]  # fmt: skip
        expect(f"{name}:{size[1]}x{size[0]}:smooth.png", "Pillow", np.stack(floats, axis=-1))
    colour.save(FOLDER / "smooth.png")
    expect("smooth.png", "Pillow", smooth / 255)
    expect("gray:smooth.png", "Pillow", np.asarray(colour.convert("F")) / 255)


def archives():
    """The same eight files in each: six images in folders with names in three scripts, in long ones and by links."""
    long_name = "a_name_of_more_than_a_hundred_characters_" + "x" * 90
    with tempfile.TemporaryDirectory() as work:
        root = pathlib.Path(work)

        def write(name, value):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((2, 3), value, np.uint8)).save(root / name)

        write("train/क/0.png", 10)
        write("train/Größe/0.PNG", 20)
        write(f"train/cat/{long_name}.png", 30)
        write(f"train/{'deep_folder/' * 10}cat/1.png", 40)
        write("test/क/0.png", 50)
        write("test/cat/7.bmp", 60)
        (root / "train/notes.txt").write_text("no picture")
        os.symlink("../क/0.png", root / "train/cat/link.png")
        os.link(root / "test/क/0.png", root / "test/cat/hard.png")
        for path in root.rglob("*"):
            os.utime(path, (0, 0), follow_symlinks=False)
        environment = dict(os.environ, LC_ALL="C.UTF-8")

        def run(*command):
            subprocess.run(command, cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL)

        # 7z keeps no links; bsdtar writes the symbolic one, and the hard one as a second file.
        names = ["test", "train"]
        for ending, options in {
            "pax.tar.gz": ["--format=pax", "-z"],
            "gnutar.tar.xz": ["--format=gnutar", "-J"],
            "pax.tar.bz2": ["--format=pax", "-j"],
            "pax.tar.zst": ["--format=pax", "--zstd"],
            "by_bsdtar.zip": ["--format=zip"],
            "by_bsdtar.7z": ["--format=7zip"],
        }.items():
            run("bsdtar", "-c", "-f", FOLDER / ending, "--uid=0", "--gid=0", *options, *names)
        run("tar", "--format=gnu", "--owner=0", "--group=0", "--sort=name", "-czf", FOLDER / "by_gnu.tar.gz", *names)
        run("tar", "--format=posix", "--owner=0", "--group=0", "--sort=name", "-czf", FOLDER / "by_gnu_pax.tgz", *names)
        with tarfile.open(FOLDER / "by_python.tar.gz", "w:gz", format=tarfile.PAX_FORMAT) as archive:
            for name in names:
                archive.add(root / name, name)
        (FOLDER / "by_zip.zip").unlink(missing_ok=True)
        run("zip", "-q", "-r", "-X", "-y", FOLDER / "by_zip.zip", *names)
        (FOLDER / "by_7z.7z").unlink(missing_ok=True)
        run("7z", "a", "-bd", "-snl", FOLDER / "by_7z.7z", *names)


def arrays():
    """.npy files of 2 x 3 x 4 numbers of every type, orders and versions; the numbers are 0, 7, 14 ... modulo 100."""
    values = 7 * np.arange(24).reshape(2, 3, 4) % 100
    for kind in "?", "u1", "i1", *(order + t for t in ("u2", "u4", "u8", "i2", "i4", "i8", "f2", "f4", "f8") for order in "<>"):
        name = kind.replace("<", "little_").replace(">", "big_").replace("?", "bool")
        array = values.astype(kind) - (50 if kind.lstrip("<>")[0] in "if" else 0)
        np.save(FOLDER / f"{name}.npy", (values % 2 == 1) if kind == "?" else array.astype(kind))
    np.save(FOLDER / "fortran.npy", np.asfortranarray(values.astype("<f4")))
    for version in (1, 0), (2, 0), (3, 0):
        with open(FOLDER / f"version_{version[0]}.npy", "wb") as out:
            np.lib.format.write_array(out, values.astype("<f8"), version=version)
    for name, kind, code in ("u1", "u1", 8), ("i1", "i1", 9), ("i2", ">i2", 11), ("i4", ">i4", 12), ("f4", ">f4", 13), ("f8", ">f8", 14):
        header = bytes([0, 0, code, 3]) + np.array(values.shape, ">u4").tobytes()
        (FOLDER / f"idx_{name}").write_bytes(header + values.astype(kind).tobytes())
    np.save(FOLDER / "scalar.npy", np.float32(5))
    np.save(FOLDER / "row.npy", np.arange(5, dtype="<i4"))
    np.save(FOLDER / "empty.npy", np.zeros((0, 3), "<f4"))
    np.save(FOLDER / "objects.npy", np.array([{}, None], dtype=object))
    np.save(FOLDER / "text.npy", np.array(["a", "bc"]))
    np.save(FOLDER / "complex.npy", np.array([1j]))
    np.save(FOLDER / "dates.npy", np.array(["2020-01-01"], dtype="datetime64[D]"))
    np.save(FOLDER / "records.npy", np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")]))
    np.save(FOLDER / "large.npy", np.array([2**24 + 1, -(2**24)]))
    np.save(FOLDER / "huge.npy", np.array([1e300]))
    images = noise(5, 28, 28, seed=3).astype("u1")
    images *= np.hypot(*(np.mgrid[0:28, 0:28] - 13.5)) < 4  # mostly 0, which packs well
    labels = np.array([3, 0, 9, 1, 4], "u1")
    np.savez_compressed(FOLDER / "mnist.npz", x_train=images[:3], y_train=labels[:3], x_test=images[3:], y_test=labels[3:])
    tables(images, labels)
    np.savez(FOLDER / "named.npz", z=np.float32([[1, 2], [3, 4]]), größe=np.int64([7]), **{"a/b": np.eye(2)})


def cifar10():
    """Two images, as in CIFAR-10's binary version: smooth, which packs well."""
    y, x = np.mgrid[0:32, 0:32]
    images = np.stack([np.stack([8 * x, 8 * y, 4 * (x + y)]), np.stack([0 * x, 255 - 8 * x, 7 * y])]).astype("u1")
    batch = b"".join(bytes([label]) + image.tobytes() for label, image in zip((6, 9), images))
    with tarfile.open(FOLDER / "cifar-10-binary.tar.gz", "w:gz") as archive:
        for name in [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin", "readme.html"]:
            entry = tarfile.TarInfo("cifar-10-batches-bin/" + name)
            entry.size = len(batch)
            archive.addfile(entry, io.BytesIO(batch))


def tables(images, labels):
    """As Kaggle's digit-recognizer: a header, the label, 784 pixels; and without the one and the other."""
    rows = images.reshape(len(images), -1)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["label", *(f"pixel{i}" for i in range(784))])
    writer.writerows([label, *row] for label, row in zip(labels, rows))
    (FOLDER / "digit_recognizer.csv.gz").write_bytes(gzip.compress(out.getvalue().encode(), mtime=0))
    np.savetxt(FOLDER / "no_header.csv", np.hstack([labels[:1, None], rows[:1]]), fmt="%d", delimiter=",")
    np.savetxt(FOLDER / "no_label.csv", rows[:1], fmt="%d", delimiter=",")
    with open(FOLDER / "quoted.csv", "w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerows([["größe, in m", 'a "name"'], [1.5, -2e-3], [1e10, 0.1]])


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    pngs()
    other_images()
    archives()
    arrays()
    cifar10()
    (FOLDER / "expected.txt").write_text("\n".join(EXPECTED) + "\n")


if __name__ == "__main__":
    main()
