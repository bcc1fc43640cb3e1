#!/usr/bin/env python3
"""Lets Keras compute the losses and the learning-rate schedules that the full references do not have, and writes them to
tests/keras/reference.

    python3 tests/keras/make_more_reference.py [FOLDER]      or to FOLDER, to look at

Needs Keras 3 with TensorFlow (scripts/keras_reference.py).
"""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "scripts"))
from keras_reference import Reference  # noqa: E402
from keras_graph import exact  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

SHAPES = [(3, 10), (2, 4, 5, 3)]
PROBABILITIES = {"low": 0.0, "high": 1.0}
# loss: the ranges of targets and outputs, and special values of both, which come first: some that are clipped, some equal
LOSSES = {
    "KLDivergence": (PROBABILITIES, PROBABILITIES, [(0, 0.5), (0.5, 0), (1, 1.5), (2, 0.5), (0, 0), (1e-9, 1e-9), (0.25, 0.25)]),
    "Poisson": ({"low": 0.0, "high": 5.0}, {"low": 0.01, "high": 5.0}, [(0, 1), (3, 0), (0, 0), (2, 2)]),
    "MeanSquaredLogarithmicError": (
        {"low": 0.0, "high": 50.0},
        {"low": 0.0, "high": 50.0},
        [(-1, 2), (2, -1), (-1, -3), (0, 0), (1e-9, 3), (3, 1e-9), (2, 2)],
    ),
    "MeanAbsolutePercentageError": (
        {"low": -3.0, "high": 3.0},
        {"low": -3.0, "high": 3.0},
        [(0.5, 0.5), (-2, -2), (-2, 1), (1e-9, 0), (0, 0), (0, 1e-6)],
    ),
}
NAMES = {  # of their files, those of Keras's functions
    "KLDivergence": "kl_divergence",
    "Poisson": "poisson",
    "MeanSquaredLogarithmicError": "mean_squared_logarithmic_error",
    "MeanAbsolutePercentageError": "mean_absolute_percentage_error",
}
SCHEDULES = {
    "polynomial": (
        "PolynomialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 30, "end_learning_rate": 0.0001},  # which is the default
    ),
    "polynomial_power": (
        "PolynomialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 40, "end_learning_rate": 0.01, "power": 2.5},
    ),
    "polynomial_cycle": (
        "PolynomialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 12, "end_learning_rate": 0.02, "power": 0.5, "cycle": True},
    ),
    "polynomial_rises": ("PolynomialDecay", {"initial_learning_rate": 0, "decay_steps": 25, "end_learning_rate": 0.1}),
    "inverse_time": ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5}),
    "inverse_time_staircase": (
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5, "staircase": True},
    ),
    "restarts": ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 7}),
    "restarts_equal": (
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 8, "t_mul": 1, "m_mul": 0.5, "alpha": 0.1},
    ),
    "restarts_longer": (
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 4, "t_mul": 1.5, "m_mul": 0.8, "alpha": 0.05},
    ),
}


def in_doubles(config):
    """So that Keras computes in doubles: of Python's own numbers TensorFlow makes floats."""
    return {key: value if isinstance(value, bool) else np.float64(value) for key, value in config.items()}


def loss_tensors(random, loss, shape, softmax):
    of_targets, of_outputs, special = LOSSES[loss]
    target, x = random.uniform(size=shape, **of_targets), random.uniform(size=shape, **of_outputs)
    if softmax:
        target, x = target / target.sum(-1, keepdims=True), random.normal(size=shape, scale=2)
    else:
        target.reshape(-1)[: len(special)], x.reshape(-1)[: len(special)] = zip(*special)
    target, x = exact(target), tf.Variable(exact(x))
    with tf.GradientTape() as tape:
        prediction = keras.activations.softmax(x) if softmax else x
        value = getattr(keras.losses, loss)()(target, prediction)
    gradient = tape.gradient(value, x)
    gradients = {"x": x, "dx": gradient} if softmax else {"dprediction": gradient}
    return {"prediction": prediction, "target": target, "value": value, **gradients}


def main():
    keras.backend.set_floatx("float64")
    reference = Reference(sys.argv[1] if len(sys.argv) > 1 else HERE / "reference")
    for loss in LOSSES:
        for shape in SHAPES:
            tensors = loss_tensors(reference.random, loss, shape, False)
            reference._add(f"losses/{NAMES[loss]}", f"special_{len(shape)}d", {"loss": loss}, tensors)
    tensors = loss_tensors(reference.random, "KLDivergence", (3, 10), True)
    reference._add("losses/kl_divergence", "softmax_then", {"loss": "KLDivergence", "activation": "softmax"}, tensors)
    steps = np.arange(61)
    for name, (schedule, config) in SCHEDULES.items():
        made = getattr(keras.optimizers.schedules, schedule)(**in_doubles(config))
        tensors = {"step": steps, "value": [float(made(step)) for step in steps]}
        reference._add("optimizers/more_schedules", name, {"schedule": schedule, **config}, tensors)
    reference.write()


if __name__ == "__main__":
    main()
