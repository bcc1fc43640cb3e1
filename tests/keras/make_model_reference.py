#!/usr/bin/env python3
"""Lets Keras train models that the full references do not have, and writes them to tests/keras/reference/models.

    python3 tests/keras/make_model_reference.py FOLDER      FOLDER holds make_reference.py and the cases it knows

Needs Keras, TensorFlow and safetensors. The format is that of the full references, with the variables that are not trained among
initial/ and final/.
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).parent / "reference"
sys.path.insert(0, sys.argv[1])
import cases_public as cases  # noqa: E402
import make_reference as reference  # noqa: E402

MODELS = [
    cases.image_model(
        "batch_normalization",
        # No bias, as its gradient would be nothing but rounding: the normalisation takes it off again.
        cases.conv2d(4, activation="linear", use_bias=False), ("BatchNormalization", {}), ("Activation", {"activation": "relu"}),
        cases.pool(),
        cases.conv2d(6), ("BatchNormalization", {"momentum": 0.75, "epsilon": 0.015625}), cases.up(),
        cases.conv2d(1, activation="sigmoid"),
    ),
]


def untrained(model):
    return {
        f"{layer.name}/{v.name}": v.numpy()
        for part in model.parts for layer in part.layers for v in layer.non_trainable_variables
    }


def train(model, optimizer, images, train_trainable=reference.train):
    before = untrained(model)
    tensors = train_trainable(model, optimizer, images)
    return {
        **tensors,
        **{f"initial/{name}": value for name, value in before.items()},
        **{f"final/{name}": value for name, value in untrained(model).items()},
    }


def main():
    reference.train = train
    images = reference.make_batches(pathlib.Path(sys.argv[1]).parent / "data" / "mnist", cases, 1)
    for specification in MODELS:
        reference.write_model(specification, images, HERE, 1)


if __name__ == "__main__":
    main()
