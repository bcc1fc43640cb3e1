#!/usr/bin/env python3
"""What scripts/keras_reference.py writes down of real Keras is what latent computes, by scripts/verify_against_keras.sh."""

import os
import subprocess
import tempfile

import exchange
import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
try:
    from keras_reference import Reference, keras
except ImportError as error:
    exchange.skip(error)
layers = keras.layers


def make():
    return keras.Sequential(
        [
            keras.Input((6, 5, 2)),
            layers.Conv2D(3, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.75),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(7, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.01)),
            layers.ActivityRegularization(l1=0.02, l2=0.125),
            layers.Dense(4, activation="sigmoid", name="last"),
        ]
    )


def probabilities(loss, activation, schedule):
    """A dense network with that loss, whose name in words is a function's, and that learning-rate schedule."""
    model = keras.Sequential([keras.Input((6,)), layers.Dense(5, activation="tanh"), layers.Dense(4, activation=activation)])
    return model, loss, keras.optimizers.SGD(schedule)


def main():
    keras.utils.set_random_seed(1)
    random = np.random.default_rng(1)
    x, y = random.normal(size=(40, 6, 5, 2)), random.uniform(size=(40, 4))
    with tempfile.TemporaryDirectory() as folder:
        reference = Reference(folder)
        reference.add_model("small", make(), "binary_crossentropy", keras.optimizers.Adam(0.01), x, y)
        schedules = keras.optimizers.schedules
        for name, given in {
            "divergence": ("kl_divergence", "softmax", schedules.PolynomialDecay(0.1, 6, 0.01, 2.0)),
            "counts": ("poisson", "softplus", schedules.CosineDecayRestarts(0.1, 3, 1.5, 0.9, 0.1)),
            "logarithms": ("mean_squared_logarithmic_error", "exponential", schedules.InverseTimeDecay(0.1, 4, 0.5, True)),
            "percentages": ("mape", "softplus", 0.001),
        }.items():
            metrics = ["kl_divergence", "mean_squared_logarithmic_error"]
            reference.add_model(name, *probabilities(*given), x[:, 0, 0:3].reshape(40, 6), y, metrics=metrics)
        reference.add_layer("layers/batch_normalization", "images", layers.BatchNormalization(epsilon=0.01), x[:3])
        reference.add_layer("layers/conv2d", "dilated", layers.Conv2D(4, 2, dilation_rate=2, activation="elu"), x[:3])
        reference.write()
        command = ["sh", exchange.SCRIPTS / "verify_against_keras.sh", folder, "--jobs", "1", "--flags=-O0"]
        done = subprocess.run(command, text=True, capture_output=True, check=False)
    print(done.stdout, done.stderr)
    assert done.stdout.splitlines()[-1] == "7 passed, 0 failed, 0 unsupported"


if __name__ == "__main__":
    main()
