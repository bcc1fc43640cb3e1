#!/usr/bin/env python3
"""Writes tests/keras/cases_*.inc: one C++ call for each layer case of a folder of Keras references.

    python3 tests/keras/make_cases.py FOLDER      the cases of FOLDER's JSON files, and of the project's own

Networks have compile-time shapes, so every configuration is a type and has to be written down. Cases that latent
cannot run are left out here, and test_coverage.cpp finds them. How Keras's words become C++:
keras_to_cpp.py.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "scripts"))

import graph_to_cpp  # noqa: E402
import keras_to_cpp  # noqa: E402
import verify_cases  # noqa: E402

OWN = ["average_pooling1d", "conv1d", "conv1d_transpose", "conv2d_groups", "cropping1d", "depthwise_conv2d",
       "global_average_pooling1d", "global_max_pooling1d", "global_max_pooling2d", "group_normalization", "max_pooling1d",
       "more_activations", "p_re_lu", "permute", "re_lu", "rescaling", "separable_conv2d", "up_sampling1d", "zero_padding1d"]  # fmt: skip; of make_layer_reference.py


def layer_cases(folder, group, function="run_layer", kind="layers"):
    for case in json.loads((folder / kind / f"{group}.json").read_text())["cases"]:
        try:
            types = f"{keras_to_cpp.input_layer(case['tensors']['x'][1:])}, {keras_to_cpp.layer(case['config'])}"
        except keras_to_cpp.Unsupported as problem:
            print(f"{group}, {case['case']}: left out: {problem}")
            continue
        rounded = keras_to_cpp.rounded_by_keras(case["config"], case["tensors"]["x"])
        yield f'{function}<{types}>(group, "{case["case"]}"{f", {rounded}" if rounded else ""});'


def join_cases(kinds):
    for kind in kinds:
        yield f'{"keras::Group group" if kind == kinds[0] else "group = keras::Group"}("layers/{kind.lower()}");'
        for case in json.loads((HERE / "reference" / "layers" / f"{kind.lower()}.json").read_text())["cases"]:
            yield verify_cases.layer_case(case)[1]


def write(name, lines):
    (HERE / f"cases_{name}.inc").write_text("// Written by make_cases.py.\n" + "".join(line + "\n" for line in lines))


def main():
    folder = pathlib.Path(sys.argv[1])
    for group in ["conv2d_transpose", "max_pooling2d", "average_pooling2d", "global_average_pooling2d", "up_sampling2d",
                  "zero_padding2d", "cropping2d", "dense", "activations", "layer_normalization", "batch_normalization"]:
        write(group, layer_cases(folder, group))
    for group in OWN:
        write(group, layer_cases(HERE / "reference", group))
    write("regularizers", layer_cases(folder, "regularizers", "run_regularizer", "losses"))
    write("joins_0", join_cases(graph_to_cpp.JOINS[:4]))
    write("joins_1", join_cases(graph_to_cpp.JOINS[4:]))
    convolutions = list(layer_cases(folder, "conv2d"))
    for part in range(3):
        write(f"conv2d_{part}", convolutions[part::3])


if __name__ == "__main__":
    main()
