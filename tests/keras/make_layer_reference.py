#!/usr/bin/env python3
"""Lets Keras compute the layers that the full references do not have, and writes them to tests/keras/reference/layers.

    python3 tests/keras/make_layer_reference.py [FOLDER]      or to FOLDER, to look at

Needs Keras 3 with TensorFlow (scripts/keras_reference.py). Afterwards make_cases.py writes the C++ calls.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "scripts"))
from keras_reference import Reference  # noqa: E402
from keras import layers  # noqa: E402
import numpy as np  # noqa: E402

# group: (the shape of the inputs, the layer)
CASES = {
    "depthwise_conv2d": [
        ((2, 5, 6, 3), layers.DepthwiseConv2D(3)),
        ((2, 4, 5, 17), layers.DepthwiseConv2D(3, padding="same", activation="relu")),
        ((2, 5, 6, 3), layers.DepthwiseConv2D((2, 3), padding="same", use_bias=False)),
        ((1, 7, 6, 4), layers.DepthwiseConv2D(3, strides=2, padding="same", activation="softmax")),
        ((1, 6, 7, 3), layers.DepthwiseConv2D(3, padding="same", dilation_rate=2)),
        ((2, 5, 4, 3), layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)),
        ((1, 6, 5, 2), layers.DepthwiseConv2D((3, 2), strides=2, depth_multiplier=3)),
    ],
    "separable_conv2d": [
        ((2, 5, 6, 3), layers.SeparableConv2D(4, 3)),
        ((2, 4, 5, 17), layers.SeparableConv2D(5, 3, padding="same", activation="tanh")),
        ((1, 7, 6, 4), layers.SeparableConv2D(6, (3, 2), strides=2, padding="same", use_bias=False)),
        ((1, 6, 7, 3), layers.SeparableConv2D(2, 3, padding="same", dilation_rate=2)),
        ((2, 5, 4, 3), layers.SeparableConv2D(3, 3, padding="same", depth_multiplier=2, activation="relu")),
    ],
    "conv2d_groups": [
        ((2, 5, 6, 4), layers.Conv2D(6, 3, groups=2)),
        ((1, 4, 5, 6), layers.Conv2D(6, 3, padding="same", groups=3, activation="relu")),
        ((1, 7, 6, 4), layers.Conv2D(4, (3, 2), strides=2, padding="same", groups=4, use_bias=False)),
        ((1, 6, 6, 4), layers.Conv2D(8, 3, padding="same", dilation_rate=2, groups=2)),
        ((1, 4, 4, 16), layers.Conv2D(16, 3, padding="same", groups=2)),
    ],
    "conv1d": [
        ((2, 7, 3), layers.Conv1D(4, 3)),
        ((2, 8, 3), layers.Conv1D(4, 4, strides=2, padding="same", activation="relu")),
        ((2, 7, 3), layers.Conv1D(4, 3, padding="causal", dilation_rate=2, use_bias=False)),
        ((2, 8, 4), layers.Conv1D(6, 3, strides=2, padding="causal", groups=2)),
    ],
    "max_pooling1d": [
        ((2, 7, 3), layers.MaxPooling1D()),
        ((2, 7, 3), layers.MaxPooling1D(3, strides=2, padding="same")),
    ],
    "up_sampling1d": [((2, 4, 3), layers.UpSampling1D()), ((2, 2, 3), layers.UpSampling1D(3))],
    "global_max_pooling2d": [
        ((2, 5, 4, 3), layers.GlobalMaxPooling2D()),
        ((2, 3, 4, 17), layers.GlobalMaxPooling2D(keepdims=True)),
    ],
    "group_normalization": [
        ((2, 3, 2, 32), layers.GroupNormalization()),
        ((2, 4, 5, 6), layers.GroupNormalization(3)),
        ((2, 4, 5, 3), layers.GroupNormalization(-1, epsilon=0.015625)),
        ((2, 4, 5, 6), layers.GroupNormalization(1, center=False)),
        ((3, 8), layers.GroupNormalization(2, scale=False)),
        ((3, 5, 4), layers.GroupNormalization(2, center=False, scale=False)),
    ],
    "p_re_lu": [
        ((2, 3, 4, 3), layers.PReLU()),
        ((2, 3, 4, 17), layers.PReLU(shared_axes=[1, 2])),
        ((2, 3, 4, 3), layers.PReLU(shared_axes=[1, 2, 3])),
        ((2, 5, 3), layers.PReLU(shared_axes=[2])),
        ((3, 7), layers.PReLU()),
    ],
    "re_lu": [
        ((3, 40), layers.ReLU()),
        ((3, 40), layers.ReLU(max_value=0.7)),
        ((3, 40), layers.ReLU(negative_slope=0.1)),
        ((3, 40), layers.ReLU(threshold=0.3)),
        ((3, 40), layers.ReLU(max_value=1.1, negative_slope=0.1, threshold=0.3)),
    ],
    "permute": [
        ((2, 3, 4, 5), layers.Permute((3, 1, 2))),
        ((2, 3, 4, 5), layers.Permute((2, 1, 3))),
        ((2, 3, 4), layers.Permute((2, 1))),
        ((2, 5), layers.Permute((1,))),
    ],
    "conv1d_transpose": [
        ((2, 5, 3), layers.Conv1DTranspose(4, 3)),
        ((2, 4, 3), layers.Conv1DTranspose(17, 3, strides=2, padding="same", activation="relu")),
        ((2, 4, 3), layers.Conv1DTranspose(2, 2, strides=3, use_bias=False)),
        ((1, 4, 3), layers.Conv1DTranspose(2, 3, strides=2, padding="same", output_padding=0)),
        ((1, 4, 3), layers.Conv1DTranspose(2, 4, strides=2, output_padding=1)),
    ],
    "average_pooling1d": [
        ((2, 7, 3), layers.AveragePooling1D(2)),
        ((2, 7, 3), layers.AveragePooling1D(3, strides=2, padding="same")),
    ],
    "global_average_pooling1d": [
        ((2, 5, 3), layers.GlobalAveragePooling1D()),
        ((2, 4, 17), layers.GlobalAveragePooling1D(keepdims=True)),
    ],
    "global_max_pooling1d": [
        ((2, 5, 3), layers.GlobalMaxPooling1D()),
        ((2, 4, 17), layers.GlobalMaxPooling1D(keepdims=True)),
    ],
    "zero_padding1d": [((2, 4, 3), layers.ZeroPadding1D()), ((2, 4, 3), layers.ZeroPadding1D((0, 2)))],
    "cropping1d": [((2, 5, 3), layers.Cropping1D()), ((2, 5, 3), layers.Cropping1D((0, 2)))],
    "rescaling": [
        ((3, 40), layers.Rescaling(1 / 255)),
        ((2, 3, 4, 5), layers.Rescaling(1 / 127.5, offset=-1)),
    ],
    "more_activations": [
        (shape, layers.Activation(name))
        for name in ("mish", "hard_silu", "hard_tanh", "log_sigmoid")
        for shape in ((3, 40), (2, 3, 4, 5))
    ],
}
# How options are called in the names of cases, and the values that are left out.
WORDS = {
    "filters": ("f", None),
    "kernel_size": ("k", None),
    "pool_size": ("p", None),
    "size": ("", None),
    "groups": ("g", 1),
    "dims": ("", None),
    "strides": ("s", 1),
    "padding": ("", "valid"),
    "dilation_rate": ("d", 1),
    "depth_multiplier": ("m", 1),
    "activation": ("", "linear"),
    "use_bias": ("bias", True),
    "keepdims": ("keepdims", False),
    "epsilon": ("epsilon", 0.001),
    "center": ("center", True),
    "scale": ("scale", True),
    "shared_axes": ("axes", None),
    "max_value": ("max", None),
    "negative_slope": ("slope", 0),
    "threshold": ("threshold", 0),
    "output_padding": ("op", None),
    "cropping": ("", None),
    "offset": ("offset", 0),
}


def name(shape, layer):
    """2x5x6x3_f4_k3_same"""
    config = layer.get_config()
    words = ["x".join(map(str, shape))]
    for key, (word, default) in WORDS.items():
        value = config.get(key)
        if isinstance(value, (list, tuple)):
            value = value[0] if key != "dims" and len(set(value)) == 1 else "x".join(map(str, value))
        if value is not None and value != default:
            words.append(word + str(int(value) if isinstance(value, bool) else value))
    return "_".join(words)


def inputs(shape, random):
    """Some numbers are the same, so that pooling meets ties."""
    return np.where(random.uniform(size=shape) < 0.2, 1.5, random.normal(size=shape))


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "reference"
    random, reference = np.random.default_rng(1), Reference(folder)
    for group, cases in CASES.items():
        for shape, layer in cases:
            reference.add_layer(f"layers/{group}", name(shape, layer), layer, inputs(shape, random))
    reference.write()
    for group in CASES:  # a line for each case
        file = folder / "layers" / f"{group}.json"
        description = json.loads(file.read_text())
        lines = ",\n".join(json.dumps(case) for case in description.pop("cases"))
        file.write_text(json.dumps(description)[:-1] + ', "cases": [\n' + lines + "\n]}\n")


if __name__ == "__main__":
    main()
