#!/usr/bin/env python3
"""Writes tests/keras/cases_*.inc: one C++ call for each case of a folder of Keras references.

    python3 tests/keras/make_cases.py FOLDER      the cases of FOLDER's JSON files

Networks have compile-time shapes, so every configuration is a type and has to be written down. Cases that latent
cannot run yet are left out here and listed in `not_yet` of the tests.
"""

import json
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).parent
ACTIVATIONS = {"relu": "ReLU", "sigmoid": "Sigmoid", "tanh": "Tanh", "softmax": "Softmax", "linear": "Linear"}


def size(pair):
    return f"Size{{{pair[0]}, {pair[1]}}}"


def padding(config):
    return {"same": "Same", "valid": "Valid"}[config["padding"]]


def activation(config):
    name = config.get("activation", "linear")
    return [] if name == "linear" else [ACTIVATIONS[name]]


def regularizers(config):
    """Factors as Keras has them, rounded to float32 in a float64 model too."""
    rounded = lambda factor: struct.unpack("f", struct.pack("f", factor))[0]
    options = []
    for what in ["kernel", "bias", "activity"]:
        if config.get(f"{what}_regularizer"):
            name, factors = config[f"{what}_regularizer"]
            options.append(f"{what.capitalize()}Regularizer<{name}<{', '.join(repr(rounded(v)) for v in factors.values())}>>")
    return options


def layer(config, kind):
    """The C++ type of a layer, or None if latent does not have it."""
    if kind == "Conv2D":
        options = [str(config["filters"]), size(config["kernel_size"]), padding(config)]
        options += [f"Strides<{config['strides'][0]}, {config['strides'][1]}>"]
        options += [f"Dilation<{config['dilation_rate'][0]}, {config['dilation_rate'][1]}>"] + activation(config)
        return f"Conv2D<{', '.join(options + ([] if config['use_bias'] else ['NoBias']))}>"
    if kind == "Conv2DTranspose" and config["dilation_rate"] == [1, 1]:
        options = [str(config["filters"]), size(config["kernel_size"]), padding(config)]
        options += [f"Strides<{config['strides'][0]}, {config['strides'][1]}>"] + activation(config)
        if config["output_padding"] is not None:
            options += [f"OutputPadding<{config['output_padding'][0]}, {config['output_padding'][1]}>"]
        return f"Conv2DTranspose<{', '.join(options + ([] if config['use_bias'] else ['NoBias']))}>"
    if kind == "MaxPooling2D":
        return f"MaxPooling2D<{size(config['pool_size'])}, {padding(config)}, Strides<{config['strides'][0]}, {config['strides'][1]}>>"
    if kind == "UpSampling2D":
        return f"UpSampling2D<{size(config['size'])}>" if config["interpolation"] == "nearest" else None
    if kind == "Dense":
        options = [str(config["units"])] + activation(config)
        return f"Dense<{', '.join(options + ([] if config['use_bias'] else ['NoBias']))}>"
    if kind is None and set(config) == {"activation"} and config["activation"] in ACTIVATIONS:
        return f"Activation<{ACTIVATIONS[config['activation']]}>"
    if kind == "Softmax":
        return "Activation<Softmax>"
    return None


def layer_cases(folder, group):
    for case in json.loads((folder / "layers" / f"{group}.json").read_text())["cases"]:
        cpp = layer(case["config"], case["config"].get("layer"))
        if cpp:
            shape = ", ".join(map(str, case["tensors"]["x"][1:]))
            yield f'run_layer<Input<{shape}>, {cpp}>(group, "{case["case"]}");'


def batch_normalization_cases(folder):
    for case in json.loads((folder / "layers" / "batch_normalization.json").read_text())["cases"]:
        config = case["config"]
        options = [] if config["momentum"] == 0.99 else [f"Momentum<{config['momentum']}>"]
        options += [] if config["epsilon"] == 1e-3 else [f"Epsilon<{config['epsilon']}>"]
        options += ([] if config["center"] else ["NoCenter"]) + ([] if config["scale"] else ["NoScale"])
        shape = ", ".join(map(str, case["tensors"]["x"][1:]))
        yield f'run_batch_normalization<Input<{shape}>, BatchNormalization<{", ".join(options)}>>(group, "{case["case"]}");'


def regularizer_cases(folder):
    for case in json.loads((folder / "losses" / "regularizers.json").read_text())["cases"]:
        config = case["config"]
        options = activation(config) + regularizers(config)
        shape = ", ".join(map(str, case["tensors"]["x"][1:]))
        size = f"{config['units']}" if config["layer"] == "Dense" else f"{config['filters']}, {config['kernel_size']}"
        cpp = f"{config['layer']}<{', '.join([size] + options)}>"
        yield f'run_regularizer<Input<{shape}>, {cpp}>(group, "{case["case"]}");'


def write(name, lines):
    (HERE / f"cases_{name}.inc").write_text("// Written by make_cases.py.\n" + "".join(line + "\n" for line in lines))


def main():
    folder = pathlib.Path(sys.argv[1])
    for group in ["conv2d_transpose", "max_pooling2d", "up_sampling2d", "dense", "activations"]:
        write(group, layer_cases(folder, group))
    write("batch_normalization", batch_normalization_cases(folder))
    write("regularizers", regularizer_cases(folder))
    convolutions = list(layer_cases(folder, "conv2d"))
    for part in range(3):
        write(f"conv2d_{part}", convolutions[part::3])


if __name__ == "__main__":
    main()
