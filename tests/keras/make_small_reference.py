#!/usr/bin/env python3
"""Picks the references that the project ships out of a full folder: small, but of every kind.

    python3 tests/keras/make_small_reference.py FOLDER
"""

import json
import pathlib
import shutil
import struct
import sys

HERE = pathlib.Path(__file__).parent / "reference"


def read(path):
    bytes_ = path.read_bytes()
    size = struct.unpack("<Q", bytes_[:8])[0]
    return json.loads(bytes_[8 : 8 + size]), bytes_[8 + size :]


def pick(folder, group, keep_case, keep_tensor=lambda name: True):
    tensors, data = read(folder / f"{group}.safetensors")
    kept, out = {}, b""
    for name, entry in tensors.items():
        if name == "__metadata__" or not keep_case(name.rsplit("/", 1)[0]) or not keep_tensor(name):
            continue
        begin, end = entry["data_offsets"]
        kept[name] = {**entry, "data_offsets": [len(out), len(out) + end - begin]}
        out += data[begin:end]
    header = json.dumps(kept, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    (HERE / f"{group}.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + out)
    description = json.loads((folder / f"{group}.json").read_text())
    if "cases" in description:
        description["cases"] = [case for case in description["cases"] if keep_case(case["case"])]
        lines = ",\n".join(json.dumps(case) for case in description.pop("cases"))
        text = json.dumps(description)[:-1] + ', "cases": [\n' + lines + "\n]}\n"
    else:
        text = json.dumps(description, indent=1) + "\n"
    (HERE / f"{group}.json").write_text(text)


def small(case, most=7):
    """Images of up to `most` rows, and few of the slow ones."""
    first = case.split("_")[0].split("x")
    return not (len(first) == 4 and all(n.isdigit() for n in first)) or int(first[1]) <= most and int(first[3]) <= 16


def main():
    folder = pathlib.Path(sys.argv[1])
    for group in ["layers/conv2d", "layers/conv2d_transpose", "layers/max_pooling2d", "layers/average_pooling2d",
                  "layers/global_average_pooling2d", "layers/up_sampling2d", "layers/zero_padding2d", "layers/cropping2d",
                  "layers/layer_normalization"]:
        fewer = group in ["layers/conv2d", "layers/average_pooling2d"]
        pick(folder, group, lambda case: small(case, 6 if fewer else 7))
    for group in ["layers/batch_normalization", "layers/dense", "layers/activations", "losses/binary_crossentropy",
                  "losses/categorical_crossentropy", "losses/sparse_categorical_crossentropy", "losses/mean_squared_error",
                  "losses/mean_absolute_error", "losses/huber", "losses/cosine_similarity", "losses/regularizers",
                  "losses/vae_kl", "optimizers/optimizers", "optimizers/schedules"]:
        pick(folder, group, lambda case: True)
    pick(folder, "models/vanilla_ae16", lambda case: True)
    for name in ["vanilla_ae16", "dae74k", "dense32", "dense32_sparse", "deep_dense", "classifier", "dae_transpose"]:
        for kind in ["summary.txt", "summary80.txt"]:
            shutil.copy(folder / "models" / f"{name}.{kind}", HERE / "models")


if __name__ == "__main__":
    main()
