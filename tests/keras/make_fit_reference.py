#!/usr/bin/env python3
"""Lets Keras's fit and evaluate weigh, split and cut data: tests/keras/reference/fit.

    python3 tests/keras/make_fit_reference.py      needs Keras 3 with TensorFlow

test_fit_options.cpp runs these.
"""

import os
import pathlib
import sys

# One thread and no oneDNN: the order of every sum is fixed, and so are the bytes.
os.environ.update(
    KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="-1"
)

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "scripts"))

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402
from keras_reference import Reference  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
keras.config.set_floatx("float64")

SAMPLES, BATCH = 22, 4
random = np.random.default_rng(3)
x = random.uniform(size=(SAMPLES, 6))
labels = random.integers(3, size=SAMPLES)
classes = np.eye(3)[labels]
weights, other_weights = random.uniform(0, 2, size=(2, SAMPLES))
held_out_x, held_out_classes = random.uniform(size=(10, 6)), np.eye(3)[random.integers(3, size=10)]
held_out_weights = random.uniform(0, 2, size=10)


class Batches(keras.utils.PyDataset):
    """All samples in order, with weights."""

    def __len__(self):
        return -(-SAMPLES // BATCH)

    def __getitem__(self, index):
        rows = slice(index * BATCH, (index + 1) * BATCH)
        return x[rows], classes[rows], weights[rows]


def classifier(loss="categorical_crossentropy", units=3, activation="softmax"):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((6,)), layers.Dense(units, activation=activation, name="dense")])
    model.compile(
        keras.optimizers.SGD(0.125),
        loss,
        metrics=["accuracy"],
        weighted_metrics=["accuracy", "mean_squared_error"] if loss == "categorical_crossentropy" else None,
    )
    return model


def two_heads():
    keras.utils.set_random_seed(1)
    given = keras.Input((6,))
    code = layers.Dense(4, "tanh", name="code")(given)
    digit = layers.Dense(3, "softmax", name="digit")(code)
    image = layers.Dense(6, "sigmoid", name="image")(code)
    model = keras.Model(given, {"digit": digit, "image": image})
    model.compile(
        keras.optimizers.SGD(0.125),
        loss={"digit": "categorical_crossentropy", "image": "binary_crossentropy"},
        loss_weights={"digit": 0.5, "image": 2.0},
        metrics={"image": ["mean_absolute_error"]},
        weighted_metrics={"digit": ["accuracy"], "image": ["mean_absolute_error"]},
        run_eagerly=True,  # in a graph Keras does not know that the last batch is smaller, and digit_loss is off
    )
    return model


reference = Reference(HERE / "reference")


def named(when, model):
    return {f"{when}/{'/'.join(v.path.split('/')[-2:])}": v.numpy() for v in model.trainable_variables}


def add(name, model, y, **options):
    tensors = named("initial", model)
    first = (y,) if isinstance(y, keras.utils.PyDataset) else (x, y)
    history = model.fit(*first, batch_size=BATCH, shuffle=False, verbose=0, **{"epochs": 4, **options}).history
    tensors.update({f"history/{key}": values for key, values in history.items()})
    tensors.update(named("final", model))
    reference._add("fit/options", name, {}, tensors)


held_out = (held_out_x, held_out_classes, held_out_weights)
reference._add(
    "fit/options",
    "data",
    {},
    {
        "x": x,
        "labels": labels,
        "not_zero": labels > 0,
        "classes": classes,
        "weights": weights,
        "other_weights": other_weights,
        "held_out_x": held_out_x,
        "held_out_classes": held_out_classes,
        "held_out_weights": held_out_weights,
    },
)
add("sample_weight", classifier(), classes, sample_weight=weights)
add("class_weight", classifier(), classes, class_weight={0: 0.5, 2: 3.0})
add("class_weight_sparse", classifier("sparse_categorical_crossentropy"), labels, class_weight={0: 0.5, 2: 3.0})
add("class_weight_binary", classifier("binary_crossentropy", 1, "sigmoid"), (labels > 0) * 1.0, class_weight={1: 0.25})
add("validation_data", classifier(), classes, validation_data=held_out)
add("validation_split", classifier(), classes, sample_weight=weights, validation_split=0.3)
add("validation_freq", classifier(), classes, validation_data=held_out, validation_freq=2, epochs=5)
add("validation_freq_list", classifier(), classes, validation_data=held_out, validation_freq=[1, 2, 4])
add("steps_per_epoch", classifier(), classes, sample_weight=weights, steps_per_epoch=2)
add("steps_that_do_not_divide", classifier(), classes, steps_per_epoch=4)
add("validation_steps", classifier(), classes, validation_data=held_out, validation_steps=2)
add("py_dataset", classifier(), Batches())
add("py_dataset_steps", classifier(), Batches(), steps_per_epoch=4, validation_data=held_out)
both = {"digit": classes, "image": x}
add("one_weight_for_two", two_heads(), both, sample_weight=weights)
add("two_weights", two_heads(), both, sample_weight={"digit": weights, "image": other_weights})

model = classifier()
batches = [model.train_on_batch(x, classes, sample_weight=weights, return_dict=True)]
model.reset_metrics()
batches.append(model.train_on_batch(x, classes, class_weight={0: 0.5, 2: 3.0}, return_dict=True))
evaluated = model.evaluate(*held_out[:2], sample_weight=held_out_weights, return_dict=True, verbose=0)
reference._add(
    "fit/options",
    "on_batch",
    {},
    {
        **{f"history/{key}": [batch[key] for batch in batches] for key in batches[0]},
        **{f"evaluated/{key}": value for key, value in evaluated.items()},
        **named("initial", classifier()),
        **named("final", model),
    },
)
reference.write()
