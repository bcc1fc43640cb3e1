#!/usr/bin/env python3
"""Lets Keras compute the losses, metrics and learning-rate schedules that the full references do not have, and writes them to
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
# case: the class, its options, and what it is given (metric_tensors)
METRICS = {
    "precision": ("Precision", {}, "probabilities"),
    "precision_0.25": ("Precision", {"thresholds": 0.25}, "probabilities"),
    "precision_of_class_1": ("Precision", {"class_id": 1}, "probabilities"),
    "recall": ("Recall", {}, "probabilities"),
    "recall_0.75": ("Recall", {"thresholds": 0.75}, "probabilities"),
    "recall_of_class_2": ("Recall", {"thresholds": 0.25, "class_id": 2}, "probabilities"),
    "true_positives": ("TruePositives", {}, "probabilities"),
    "false_positives": ("FalsePositives", {"thresholds": 0.25}, "probabilities"),
    "true_negatives": ("TrueNegatives", {}, "probabilities"),
    "false_negatives": ("FalseNegatives", {"thresholds": 0.75}, "probabilities"),
    **{
        f"auc_{curve}_{method}".lower(): ("AUC", {"num_thresholds": thresholds, "curve": curve, "summation_method": method}, "probabilities")
        for curve, thresholds in {"ROC": 200, "PR": 50, "PRGAIN": 7}.items()
        for method in ("interpolation", "minoring", "majoring")
    },
    "auc_of_two_thresholds": ("AUC", {"num_thresholds": 2}, "probabilities"),
    "auc_from_logits": ("AUC", {"from_logits": True}, "logits"),
    "f1_macro": ("F1Score", {"average": "macro"}, "classes"),
    "f1_micro": ("F1Score", {"average": "micro"}, "classes"),
    "f1_weighted": ("F1Score", {"average": "weighted"}, "classes"),
    "f1_0.5": ("F1Score", {"average": "macro", "threshold": 0.5}, "classes"),
    "fbeta_2": ("FBetaScore", {"average": "macro", "beta": 2.0}, "classes"),
    "fbeta_0.5": ("FBetaScore", {"average": "weighted", "beta": 0.5, "threshold": 0.25}, "classes"),
    "r2_score": ("R2Score", {}, "numbers"),
    "r2_score_weighted": ("R2Score", {"class_aggregation": "variance_weighted_average"}, "numbers"),
    "root_mean_squared_error": ("RootMeanSquaredError", {}, "numbers"),
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


def metric_tensors(random, metric, config, kind):
    """(24, 3) predictions and targets, in two batches; the metric's value without and with weights."""
    shape = (24, 3)
    y, target = random.normal(size=shape), random.normal(size=shape)
    if kind == "numbers":
        target[:, 1] = 2.0  # a constant, of which nothing can be explained
    elif kind == "logits":
        target = (y + target > 0) * 1.0
    elif kind == "classes":  # equal predictions, none at all, and targets that are shares of classes
        y = np.round(np.abs(y), 1)
        y[:3] = [[0.5, 0.5, 0.0], [0, 0, 0], [0.25, 0.25, 0.25]]
        target = np.eye(3)[np.argmax(y + 0.5 * np.abs(target), -1)]
        target[3] = [0.5, 0.25, 0.25]
    else:  # predictions at the thresholds and outside of 0..1, and grey targets
        y, target = 1 / (1 + np.exp(-y)), (y + target > 0) * 1.0
        y.reshape(-1)[:8] = [0, 1, 0.5, 0.25, 0.75, 0.5, -0.25, 1.5]
        target[2:4, 0] = 0.5
    y, target, weights = exact(y), exact(target), exact(random.integers(0, 5, 24) / 4)
    made = [getattr(keras.metrics, metric)(**config, dtype="float64") for _ in range(2)]
    for rows in (slice(0, 10), slice(10, 24)):
        made[0].update_state(target[rows], y[rows])
        made[1].update_state(target[rows], y[rows], sample_weight=weights[rows])
    return {"prediction": y, "target": target, "weights": weights, "value": made[0].result(), "weighted": made[1].result()}


def main():
    keras.backend.set_floatx("float64")
    reference = Reference(sys.argv[1] if len(sys.argv) > 1 else HERE / "reference")
    for loss in LOSSES:
        for shape in SHAPES:
            tensors = loss_tensors(reference.random, loss, shape, False)
            reference._add(f"losses/{NAMES[loss]}", f"special_{len(shape)}d", {"loss": loss}, tensors)
    tensors = loss_tensors(reference.random, "KLDivergence", (3, 10), True)
    reference._add("losses/kl_divergence", "softmax_then", {"loss": "KLDivergence", "activation": "softmax"}, tensors)
    for name, (metric, config, kind) in METRICS.items():
        tensors = metric_tensors(reference.random, metric, config, kind)
        reference._add("metrics/metrics", name, {"metric": metric, **config}, tensors)
    steps = np.arange(61)
    for name, (schedule, config) in SCHEDULES.items():
        made = getattr(keras.optimizers.schedules, schedule)(**in_doubles(config))
        tensors = {"step": steps, "value": [float(made(step)) for step in steps]}
        reference._add("optimizers/more_schedules", name, {"schedule": schedule, **config}, tensors)
    reference.write()


if __name__ == "__main__":
    main()
