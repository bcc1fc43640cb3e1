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


def refused(words, add, *arguments):
    """What cannot be written down as it is, is not written down as something else."""
    try:
        add(*arguments)
    except ValueError as error:
        assert words in str(error), error
    else:
        raise AssertionError(f"expected {words!r}")


def huber(targets, predictions):
    """Of one's own, with the name of one of Keras's."""
    return keras.ops.mean((targets - predictions) ** 4, axis=-1)


class ExponentialDecay(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.1

    def get_config(self):
        return {"initial_learning_rate": 0.1}


def check_refusals(reference, x, y):
    def model():
        return keras.Sequential([keras.Input(x.shape[1:]), layers.Flatten(), layers.Dense(4)])

    excluding = keras.optimizers.AdamW()
    excluding.exclude_from_weight_decay(var_names=["bias"])
    refused("huber is not of Keras", reference.add_model, "own", model(), huber, "sgd", x, y)
    refused("ExponentialDecay, cannot be", reference.add_model, "own", model(), "mse", keras.optimizers.SGD(ExponentialDecay()), x, y)
    refused("exclude_from_weight_decay", reference.add_model, "own", model(), "mse", excluding, x, y)
    two = [keras.metrics.BinaryAccuracy(threshold=threshold) for threshold in (0.25, 0.75)]
    add = lambda: reference.add_model("two", model(), "mse", "sgd", x, y, metrics=two)  # noqa: E731
    refused("two metrics of the same name: BinaryAccuracy, BinaryAccuracy", add)
    several = lambda: reference.add_model("f1", model(), "mse", "sgd", x, y, metrics=[keras.metrics.F1Score()])  # noqa: E731
    refused("F1Score: a metric of 4 numbers", several)
    for layer in layers.Dropout(0.5), layers.SpatialDropout2D(0.5), layers.GaussianNoise(0.1):
        refused("draws random numbers", reference.add_layer, "layers/random", "a", layer, x[:3])
    dropping = keras.Sequential([keras.Input(x.shape[1:]), layers.Dropout(0.1, name="drop"), layers.Flatten(), layers.Dense(4)])
    refused("of drop training draws random numbers", reference.add_model, "random", dropping, "mse", "sgd", x, y)
    rare = keras.Sequential([keras.Input((6,)), keras.Sequential([keras.Input((6,)), layers.Dropout(0.01, name="inner")])])
    refused("of inner training draws", reference.add_model, "nested", rare, "mse", "sgd", x[:, 0, 0:3].reshape(40, 6), x[:, 0, 0:3].reshape(40, 6))
    refused("draws random numbers", reference.add_layer, "layers/random", "rare", layers.Dropout(0.01), x[:2, 0, 0])
    refused("a layer that is not trained", reference.add_layer, "layers/frozen", "a", layers.Dense(2, trainable=False), x[:3])
    refused("a name without a /", reference.add_model, "a/b", model(), "mse", "sgd", x, y)
    refused("two models have this name", reference.add_model, "small", model(), "mse", "sgd", x, y)
    refused("such as layers/conv2d", reference.add_layer, "conv2d", "one", layers.ReLU(), x)


def main():
    keras.utils.set_random_seed(1)
    random = np.random.default_rng(1)
    x, y = random.normal(size=(40, 6, 5, 2)), random.uniform(size=(40, 4))
    with tempfile.TemporaryDirectory() as folder:
        reference = Reference(folder)
        reference.add_model("small", make(), "binary_crossentropy", keras.optimizers.Adam(0.01), x, y)
        check_refusals(reference, x, y)
        schedules = keras.optimizers.schedules
        for name, given in {
            "divergence": ("kl_divergence", "softmax", schedules.PolynomialDecay(0.1, 6, 0.01, 2.0)),
            "counts": ("poisson", "softplus", schedules.CosineDecayRestarts(0.1, 3, 1.5, 0.9, 0.1)),
            "logarithms": ("mean_squared_logarithmic_error", "exponential", schedules.InverseTimeDecay(0.1, 4, 0.5, True)),
            "percentages": ("mape", "softplus", 0.001),
            "errors": (keras.losses.Huber(delta=0.05), "linear", schedules.PiecewiseConstantDecay([2.5, 4.0], [0.1, 0.05, 0.01])),
        }.items():
            metrics = ["mape", "mean_squared_logarithmic_error"]
            reference.add_model(name, *probabilities(*given), x[:, 0, 0:3].reshape(40, 6), y, metrics=metrics)
        top = [keras.metrics.TopKCategoricalAccuracy(k=2), "categorical_accuracy"]
        for name, metrics in {"top_2": top, "top_5": ["top_k_categorical_accuracy"]}.items():
            given = probabilities("categorical_crossentropy", "softmax", 0.1)
            labels = np.eye(4)[random.integers(0, 4, 40)]
            reference.add_model(name, *given, x[:, 0, 0:3].reshape(40, 6), labels, metrics=metrics)
        given = probabilities("sparse_categorical_crossentropy", "softmax", 0.1)
        top = [keras.metrics.SparseTopKCategoricalAccuracy(k=3)]
        reference.add_model("sparse", *given, x[:, 0, 0:3].reshape(40, 6), random.integers(0, 4, 40), metrics=top)
        made = keras.metrics
        ratios = [made.Precision(0.3), made.Recall(class_id=1), made.AUC(curve="PR"), made.F1Score("weighted", 0.4)]
        ratios += [made.FBetaScore(average="macro", beta=2.0), made.FalsePositives(), made.RootMeanSquaredError(), made.R2Score()]
        ratios += [made.Precision(0.6, class_id=2, name="precision_of_2")]
        given = probabilities("binary_crossentropy", "sigmoid", 0.1)
        labels = random.integers(0, 2, (40, 4)).astype(float)
        reference.add_model("ratios", *given, x[:, 0, 0:3].reshape(40, 6), labels, metrics=ratios)
        keras.config.set_floatx("float64")  # a program may have its models in doubles
        given = probabilities("mse", "linear", 0.1)
        reference.add_model("in_doubles", *given, x[:, 0, 0:3].reshape(40, 6), y, metrics=[made.R2Score()])
        keras.config.set_floatx("float32")
        reference.add_layer("layers/batch_normalization", "images", layers.BatchNormalization(epsilon=0.01), x[:3])
        reference.add_layer("layers/conv2d", "dilated", layers.Conv2D(4, 2, dilation_rate=2, activation="elu"), x[:3])
        reference.add_layer("layers/activity_regularization", "alone", layers.ActivityRegularization(l1=0.1), x[:3])
        reference.add_layer("layers/dropout", "none", layers.Dropout(0.0), x[:3])
        reference.add_layer("layers/identity", "identity", layers.Identity(), x[:3])
        penalties = {"kernel_regularizer": "l2", "activity_regularizer": keras.regularizers.L1L2(0.1, 0.2)}
        reference.add_layer("layers/activity_regularization", "dense", layers.Dense(4, activation="tanh", **penalties), x[:3])
        reference.add_layer("layers/activity_regularization", "conv", layers.Conv2D(3, 2, **penalties), x[:3])
        reference.add_layer("layers/activity_regularization", "separable", layers.SeparableConv2D(3, 2, activity_regularizer="l1"), x[:3])
        reference.write()
        command = ["sh", exchange.SCRIPTS / "verify_against_keras.sh", folder, "--jobs", "1", "--flags=-O0"]
        done = subprocess.run(command, text=True, capture_output=True, check=False)
    print(done.stdout, done.stderr)
    assert done.stdout.splitlines()[-1] == "19 passed, 0 failed, 0 unsupported"


if __name__ == "__main__":
    main()
