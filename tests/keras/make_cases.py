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
ACTIVATIONS = {"relu": "ReLU", "leaky_relu": "LeakyReLU<>", "elu": "ELU<>", "selu": "SELU", "gelu": "GELU", "silu": "SiLU",
               "sigmoid": "Sigmoid", "tanh": "Tanh", "softplus": "Softplus", "softsign": "Softsign",
               "exponential": "Exponential", "hard_sigmoid": "HardSigmoid", "softmax": "Softmax", "linear": "Linear",
               "relu6": "ReLU6"}


INTERPOLATIONS = {"nearest": [], "bilinear": ["Bilinear"]}


def size(pair):
    return f"Size{{{pair[0]}, {pair[1]}}}"


def padding(config):
    return {"same": "Same", "valid": "Valid"}[config["padding"]]


def activation(config):
    name = config.get("activation", "linear")
    return [] if name == "linear" else [ACTIVATIONS[name]]


def activation_function(name, arguments):
    """A function of keras.activations with arguments other than its defaults, or None."""
    if not arguments:
        return ACTIVATIONS.get(name)
    return {
        ("gelu", "approximate"): lambda yes: "ApproximateGELU" if yes else "GELU",
        ("leaky_relu", "negative_slope"): lambda slope: f"LeakyReLU<{slope}>",
        ("elu", "alpha"): lambda alpha: f"ELU<{alpha}>",
        ("relu", "max_value"): lambda most: "ReLU6" if most == 6 else None,
    }.get((name, *arguments), lambda *_: None)(*arguments.values())


def margin(pairs):
    (top, bottom), (left, right) = pairs
    if top == bottom == left == right:
        return str(top)
    if top == bottom and left == right:
        return f"Size{{{top}, {left}}}"
    return f"Border{{{top}, {bottom}, {left}, {right}}}"


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
    if kind in ["MaxPooling2D", "AveragePooling2D"]:
        strides = f"Strides<{config['strides'][0]}, {config['strides'][1]}>"
        return f"{kind}<{size(config['pool_size'])}, {padding(config)}, {strides}>"
    if kind == "GlobalAveragePooling2D":
        return f"GlobalAveragePooling2D<{'KeepDims' if config['keepdims'] else ''}>"
    if kind == "UpSampling2D":
        return f"UpSampling2D<{', '.join([size(config['size'])] + INTERPOLATIONS[config['interpolation']])}>"
    if kind == "ZeroPadding2D":
        return f"ZeroPadding2D<{margin(config['padding'])}>"
    if kind == "Cropping2D":
        return f"Cropping2D<{margin(config['cropping'])}>"
    if kind == "LayerNormalization":
        options = [] if config["axis"] == [-1] else [f"Axes<{', '.join(map(str, config['axis']))}>"]
        options += [] if config["epsilon"] == 1e-3 else [f"Epsilon<{config['epsilon']}>"]
        options += ([] if config["center"] else ["NoCenter"]) + ([] if config["scale"] else ["NoScale"])
        return f"LayerNormalization<{', '.join(options)}>"
    if kind == "Dense":
        options = [str(config["units"])] + activation(config)
        return f"Dense<{', '.join(options + ([] if config['use_bias'] else ['NoBias']))}>"
    if kind in ["ReLU", "Softmax"] and len(config) == 1:
        return kind
    if kind in ["LeakyReLU", "ELU"]:
        arguments = [str(value) for key, value in config.items() if key in ["negative_slope", "alpha"]]
        return f"{kind}<{', '.join(arguments)}>"
    if kind is None and "activation" in config:
        arguments = {key: value for key, value in config.items() if key != "activation"}
        function = activation_function(config["activation"], arguments)
        return function and f"Activation<{function}>"
    return None


def rounded_by_keras(config):
    """Where Keras rounds to float32 in a float64 model, too: by how much the references may be off (see their README)."""
    if config.get("interpolation") == "bilinear":
        return 4e-7
    slope = config.get("negative_slope", 0.2)
    if config.get("activation") == "leaky_relu" and slope == struct.unpack("f", struct.pack("f", slope))[0]:
        return None
    return 1.2e-8 if {"leaky_relu", "gelu", "LeakyReLU"} & {config.get("activation"), config.get("layer")} else None


def layer_cases(folder, group):
    for case in json.loads((folder / "layers" / f"{group}.json").read_text())["cases"]:
        cpp = layer(case["config"], case["config"].get("layer"))
        if cpp:
            shape = ", ".join(map(str, case["tensors"]["x"][1:]))
            rounded = rounded_by_keras(case["config"])
            tolerance = f", {rounded}" if rounded else ""
            yield f'run_layer<Input<{shape}>, {cpp}>(group, "{case["case"]}"{tolerance});'


def write(name, lines):
    (HERE / f"cases_{name}.inc").write_text("// Written by make_cases.py.\n" + "".join(line + "\n" for line in lines))


def main():
    folder = pathlib.Path(sys.argv[1])
    for group in ["conv2d_transpose", "max_pooling2d", "average_pooling2d", "global_average_pooling2d", "up_sampling2d",
                  "zero_padding2d", "cropping2d", "dense", "activations", "layer_normalization"]:
        write(group, layer_cases(folder, group))
    convolutions = list(layer_cases(folder, "conv2d"))
    for part in range(3):
        write(f"conv2d_{part}", convolutions[part::3])


if __name__ == "__main__":
    main()
