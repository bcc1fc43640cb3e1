#!/usr/bin/env python3
"""Writes the numbers of Keras that the exercises are marked against: exercises/*/keras.hpp.

    python3 exercises/support/keras_numbers.py FOLDER && scripts/format.sh

FOLDER holds the full references that Keras computed in double precision (tests/keras/reference is a part of them); an
exercise gets one or two of their cases.
"""

import json
import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# exercise -> (group, case, tensors or None for all)
WANTED = {
    "01_dense": [("layers/dense", "3x7_u5_bias1", ["x", "kernel", "bias", "y", "dy", "dx", "dkernel", "dbias"])],
    "02_cross_entropy": [("losses/binary_crossentropy", "from_logits_2d", ["prediction", "target", "value", "dprediction"])],
    "03_optimizers": [("optimizers/optimizers", case, ["initial", "gradients", "after"])
                      for case in ["sgd", "sgd_momentum", "adam"]],
    "04_convolution": [("layers/conv2d", "2x7x7x1_f1_k3x3_s1x1_same", ["x", "kernel", "bias", "y"])],
    "05_convolution_gradients": [("layers/conv2d", "2x7x7x1_f1_k3x3_s1x1_same", ["x", "kernel", "bias", "dy", "dx", "dkernel", "dbias"])],
    "07_max_pooling": [("layers/max_pooling2d", case, ["x", "y", "dy", "dx"])
                       for case in ["2x7x7x1_p3x3_sNone_same", "ties_few_values"]],
    "08_larger_images": [("layers/up_sampling2d", "2x3x4x1_up2x2_nearest", ["x", "y", "dy", "dx"]),
                         ("layers/conv2d_transpose", "2x4x4x1_f1_k2x2_s2x2_same_bias1", ["x", "kernel", "bias", "y", "dy", "dx", "dkernel", "dbias"])],
    "09_batch_normalization": [("layers/batch_normalization", "3x7", None)],
    "10_sampling": [("losses/vae_kl", "latent2", ["z_mean", "z_log_var", "value", "dz_mean", "dz_log_var"])],
}


def read(folder, group):
    data = (folder / f"{group}.safetensors").read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    tensors = json.loads(data[8 : 8 + size])
    return tensors, data[8 + size :]


def name_of(group, case):
    words = "".join(c if c.isalnum() else "_" for c in f"{group.split('/')[1]}_{case}")
    return words


def main():
    folder = pathlib.Path(sys.argv[1])
    for exercise, cases in WANTED.items():
        out = ["// What Keras 3 computed, in double precision; written by support/keras_numbers.py.", "#pragma once", "",
               "#include <vector>", ""]
        for group, case, wanted in cases:
            tensors, data = read(folder, group)
            names = wanted or [n.rsplit("/", 1)[1] for n in tensors if n.startswith(case + "/")]
            out.append(f"namespace keras::{name_of(group, case)} {{")
            for name in names:
                entry = tensors[f"{case}/{name}"]
                begin, end = entry["data_offsets"]
                values = struct.unpack(f"<{(end - begin) // 8}d", data[begin:end])
                shape = entry["shape"]
                if group.startswith("optimizers"):  # elementwise: a few with gradients of 0.1, and two with 1e-12
                    chosen = [28, 29, 30, 31, 32, 0, 1]
                    values = [values[step + i] for step in range(0, len(values), 35) for i in chosen]
                    shape = [*shape[:-2], 7]
                out.append(f"inline const std::vector<double> {name}{{  // {tuple(shape)}".replace(",)", ")"))
                line = "    "
                for v in values:
                    word = repr(v).removesuffix(".0") + ", "
                    if len(line) + len(word) > 118:
                        out.append(line.rstrip())
                        line = "    "
                    line += word
                out.append(line.rstrip(", ") + "};")
            out += [f"}}  // namespace keras::{name_of(group, case)}", ""]
        target = ROOT / "exercises" / exercise
        if target.is_dir():
            (target / "keras.hpp").write_text("\n".join(out[:-1]) + "\n")


main()
