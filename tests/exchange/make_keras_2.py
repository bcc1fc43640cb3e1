#!/usr/bin/env python3
"""Writes keras_2.h5, a model as Keras 2 saves it, and keras_2.safetensors, its weights by latent's names.

python3 tests/exchange/make_keras_2.py      needs tf_keras, which is Keras 2
"""

import pathlib
import sys

import numpy as np
import tf_keras

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "scripts"))

import latent_weights  # noqa: E402

layers = tf_keras.layers
model = tf_keras.Sequential(
    [
        layers.Input((6, 6, 2)),
        layers.Conv2D(3, 3, strides=2, padding="same"),
        layers.BatchNormalization(),
        layers.LeakyReLU(),
        layers.DepthwiseConv2D(3, padding="same"),
        layers.Conv2DTranspose(2, 3, strides=2, padding="same", activation="sigmoid"),
        layers.SeparableConv2D(1, 3),
    ]
)
random, tensors = np.random.default_rng(1), {}
for layer in model.layers:
    for variable in layer.weights:
        variable.assign(random.uniform(0.5, 1.5, variable.shape))
        name = variable.name.removesuffix(":0")
        tensors[name.replace("depthwise_conv2d/depthwise_kernel", "depthwise_conv2d/kernel")] = variable.numpy()
model.save(HERE / "keras_2.h5")
latent_weights.write_safetensors(HERE / "keras_2.safetensors", tensors, {"keras": tf_keras.__version__})
