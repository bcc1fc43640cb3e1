#!/usr/bin/env python3
"""Lets Keras join values (Add, Concatenate, ...) and train small models that are no chains: tests/keras/reference.

    python3 tests/keras/make_graph_reference.py      needs Keras 3 with TensorFlow

test_joins.cpp and test_models_{skips,heads,frozen}.cpp run these; their data are in reference/models/batches.
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

# ------------------------------------------------------------- joins

# What an element-by-element join reads, without the batch axis.
TWO = {
    "images": [(3, 2, 3), (3, 2, 3)],
    "rows": [(7,), (7,)],
    "sequences": [(3, 9), (3, 9)],
    "many_channels": [(2, 3, 17), (2, 3, 17)],
    "one_pixel": [(3, 2, 3), (1, 1, 3)],
    "one_channel": [(3, 2, 3), (3, 2, 1)],
    "one_row": [(3, 2, 3), (1, 2, 3)],
    "one_column": [(3, 2, 3), (3, 1, 3)],
    "one_number": [(1, 1, 1), (3, 2, 3)],
    "both_ways": [(1, 2, 3), (3, 1, 3)],
    "row_on_image": [(3, 2, 3), (3,)],
    "image_on_row": [(3,), (3, 2, 3)],
    "sequence_on_image": [(3, 2, 3), (2, 3)],
}
FEW = (
    "images",
    "many_channels",
    "one_pixel",
    "both_ways",
    "row_on_image",
)  # for layers that join in the same way as Add
MORE = {
    "three": [(3, 2, 3)] * 3,
    "four_rows": [(7,)] * 4,
    "three_ways": [(1, 2, 3), (3, 1, 3), (3, 2, 1)],
    "three_ranks": [(3,), (2, 3), (3, 2, 3)],
}
CONCATENATIONS = {
    "channels": (-1, [(3, 2, 3), (3, 2, 2)]),
    "channels_3": (3, [(3, 2, 3), (3, 2, 3)]),
    "rows": (-1, [(7,), (2,)]),
    "rows_1": (1, [(7,), (2,)]),
    "three": (-1, [(3, 2, 3), (3, 2, 1), (3, 2, 17)]),
    "height": (1, [(3, 2, 3), (2, 2, 3)]),
    "width": (2, [(3, 2, 3), (3, 1, 3)]),
    "height_of_three": (-3, [(3, 2, 3), (2, 2, 3), (1, 2, 3)]),
    "width_from_the_end": (-2, [(3, 2, 3), (3, 1, 3)]),
    "sequences": (1, [(4, 3), (2, 3)]),
    "sequences_channels": (2, [(4, 3), (4, 2)]),
}


def add_joins(reference, random):
    for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
        two = TWO if kind == "Add" else {name: TWO[name] for name in FEW}
        for name, shapes in {**two, **({} if kind == "Subtract" else MORE)}.items():
            x = [random.normal(size=(2, *shape)) for shape in shapes]
            reference.add_layer(f"layers/{kind.lower()}", name, getattr(layers, kind)(), x)
        if kind in ("Maximum", "Minimum"):  # many equal values: who gets the gradient
            for name, shapes in (
                ("ties", [(3, 2, 3)] * 2),
                ("ties_of_three", [(3, 2, 3)] * 3),
                ("ties_one_pixel", TWO["one_pixel"]),
            ):
                x = [random.integers(3, size=(2, *shape)) for shape in shapes]
                reference.add_layer(f"layers/{kind.lower()}", name, getattr(layers, kind)(), x)
    for name, (axis, shapes) in CONCATENATIONS.items():
        x = [random.normal(size=(2, *shape)) for shape in shapes]
        reference.add_layer("layers/concatenate", name, layers.Concatenate(axis=axis), x)


# ------------------------------------------------------------- models


class DenseTranspose(layers.Layer):
    """A Dense with the kernel of another one, transposed; after A. Géron."""

    def __init__(self, dense, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.dense = dense
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.biases = self.add_weight(name="bias", shape=(self.dense.kernel.shape[0],), initializer="zeros")

    def call(self, inputs):
        kernel = keras.ops.transpose(self.dense.kernel)
        return self.activation(keras.ops.matmul(inputs, kernel) + self.biases)


def conv(filters, size=3, activation="relu", **options):
    return layers.Conv2D(filters, size, padding="same", activation=activation, **options)


def u_net():
    x = keras.Input((8, 8, 1))
    fine = conv(3, name="fine")(x)
    coarse = conv(4, name="coarse")(layers.MaxPooling2D(2)(fine))
    y = conv(5)(layers.MaxPooling2D(2)(coarse))
    y = layers.Concatenate()([layers.UpSampling2D(2)(y), coarse])
    y = layers.Concatenate()([layers.UpSampling2D(2)(conv(4)(y)), fine])
    return keras.Model(x, conv(1, activation="sigmoid")(y))


def conditional():
    """An auto-encoder that is told what it sees: the label goes into both halves."""
    image, label = keras.Input((6, 6, 1), name="image"), keras.Input((3,), name="label")
    y = layers.Concatenate()([layers.Flatten()(image), label])
    code = layers.Dense(4, activation="tanh", name="code")(y)
    y = layers.Dense(36, activation="sigmoid")(layers.Concatenate()([code, label]))
    return keras.Model([image, label], layers.Reshape((6, 6, 1))(y))


def two_heads():
    x = keras.Input((36,))
    code = layers.Dense(6, activation="relu", name="code")(x)
    digit = layers.Dense(3, activation="softmax", name="digit")(code)
    image = layers.Dense(36, activation="sigmoid", name="image")(layers.Dense(8, activation="relu")(code))
    return keras.Model(x, [digit, image])


def code_is_an_output():
    """An output that another layer reads; not the order in which they are computed."""
    x = keras.Input((36,))
    code = layers.Dense(4, activation="tanh", name="code")(x)
    image = layers.Dense(36, activation="sigmoid", name="image")(code)
    return keras.Model(x, [image, code])


def siamese():
    """Two pictures through the same layers."""
    left, right = keras.Input((6, 6, 1), name="left"), keras.Input((6, 6, 1), name="right")
    eye, flat = conv(3, name="eye"), layers.Flatten()
    y = layers.Subtract()([flat(eye(left)), flat(eye(right))])
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid", name="same")(y))


def shared_at_two_depths():
    """A layer that reads, later on, what became of its own result; with penalties on its kernel and its activity."""
    x = keras.Input((6,), name="x")
    shared = layers.Dense(
        6,
        activation="tanh",
        kernel_regularizer=keras.regularizers.L2(0.125),
        activity_regularizer=keras.regularizers.L1(0.0625),
        name="shared",
    )
    y = shared(layers.Dense(6, name="between")(shared(x)))
    y = layers.Average()([y, layers.Dense(6, name="beside")(x)])
    return keras.Model(x, layers.Dense(2)(y))


def one_layer_two_outputs():
    left, right = keras.Input((5,), name="left"), keras.Input((5,), name="right")
    code = layers.Dense(2, activation="sigmoid", name="code")
    return keras.Model([left, right], [code(left), code(right)])


def tied():
    """A. Géron's auto-encoder: a decoder with the kernels of the encoder, as a model within a model."""
    first, second = layers.Dense(8, activation="relu"), layers.Dense(4, activation="relu")
    encoder = keras.Sequential([keras.Input((6, 6, 1)), layers.Flatten(), first, second])
    decoder = keras.Sequential(
        [
            keras.Input((4,)),
            DenseTranspose(second, activation="relu"),
            DenseTranspose(first, activation="sigmoid"),
            layers.Reshape((6, 6, 1)),
        ]
    )
    return keras.Sequential([encoder, decoder])


def tied_and_frozen():
    """The Dense is frozen, what is tied to it not."""
    x = keras.Input((36,))
    dense = layers.Dense(5, activation="relu", name="dense")
    y = DenseTranspose(dense, activation="sigmoid", name="back")(dense(x))
    model = keras.Model(x, y)
    dense.trainable = False
    return model


def residual():
    x = keras.Input((6, 6, 2))
    # No bias: its gradient would be nothing but rounding, as the normalisation takes it off again.
    y = layers.BatchNormalization(momentum=0.75)(conv(4, activation=None, use_bias=False)(x))
    skip = layers.Activation("relu")(y)
    y = layers.BatchNormalization(epsilon=0.015625)(conv(4, activation=None, use_bias=False)(skip))
    y = layers.Activation("relu")(layers.Add()([y, skip]))
    return keras.Model(x, layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(y)))


def frozen():
    """A frozen half: a convolution, whose kernel has no penalty then, a normalisation, which works as at inference."""
    x = keras.Input((6, 6, 2))
    y = conv(
        4,
        kernel_regularizer=keras.regularizers.L2(0.125),
        activity_regularizer=keras.regularizers.L1(0.125),
        name="eye",
    )(x)
    skip = layers.BatchNormalization(name="norm")(y)
    y = conv(4, kernel_regularizer=keras.regularizers.L2(0.125), name="top")(skip)
    y = layers.Concatenate()([layers.BatchNormalization(name="top_norm")(y), skip])
    model = keras.Model(x, layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(y)))
    for name in ("eye", "norm"):
        model.get_layer(name).trainable = False
    return model


def frozen_chain():
    model = keras.Sequential(
        [
            keras.Input((36,)),
            layers.Dense(6, activation="relu"),
            layers.BatchNormalization(),
            layers.Dense(36, activation="sigmoid"),
        ]
    )
    model.layers[0].trainable = model.layers[1].trainable = False
    return model


def all_joins():
    x = keras.Input((4, 4, 2), name="x")
    a, b = conv(2, 1, None, name="a")(x), conv(2, 1, "tanh", name="b")(x)
    row = layers.Dense(2, name="row")(layers.GlobalAveragePooling2D()(x))
    total = layers.Add(name="sum")([a, b, row])
    product = layers.Multiply()([total, a])
    difference = layers.Subtract()([b, product])
    largest = layers.Maximum()([difference, x, row])
    least = layers.Minimum()([largest, total])
    y = layers.Concatenate(axis=1)([layers.Average()([largest, least]), a, total])
    return keras.Model(x, conv(1, 1, "sigmoid")(y))


def encoder_and_decoder():
    """A model with two outputs inside of one with two inputs: a skip from one to the other."""
    x = keras.Input((6, 6, 1), name="picture")
    skip = conv(3, name="skip")(x)
    encoder = keras.Model(
        x, [layers.Dense(4, activation="tanh", name="code")(layers.Flatten()(skip)), skip], name="encoder"
    )
    code, fine = keras.Input((4,), name="z"), keras.Input((6, 6, 3), name="fine")
    y = layers.Reshape((6, 6, 1))(layers.Dense(36)(code))
    decoder = keras.Model([code, fine], conv(1, activation="sigmoid")(layers.Concatenate()([y, fine])), name="decoder")
    x = keras.Input((6, 6, 1), name="x")
    return keras.Model(x, decoder(encoder(x)))


def pictures(random, count, size):
    """Smooth shapes and, of each, which of three kinds it is."""
    kinds = random.integers(3, size=count)
    place, width = random.uniform(0.2, 0.8, size=(count, 2)), random.uniform(0.1, 0.3, size=count)
    rows, columns = np.meshgrid(*[np.linspace(0, 1, size)] * 2, indexing="ij")
    dy, dx = rows - place[:, :1, None], columns - place[:, 1:, None]
    along = np.select([kinds[:, None, None] == 0, kinds[:, None, None] == 1], [dy, dx], np.hypot(dy, dx))
    return np.exp(-((along / width[:, None, None]) ** 2))[..., None], np.eye(3)[kinds]


def add_models(reference, random):
    optimizers, samples = keras.optimizers, 20  # two in each step
    large, _ = pictures(random, samples, 8)
    images, labels = pictures(random, samples, 6)
    rows = images.reshape(-1, 36)
    pairs = [images, np.roll(images, 1, axis=0)]
    same = np.all(labels == np.roll(labels, 1, axis=0), axis=1, keepdims=True)
    two_channels = np.concatenate(pairs, axis=-1)
    numbers = random.normal(size=(samples, 6))

    def add(make, *arguments, **options):
        keras.utils.clear_session()
        keras.utils.set_random_seed(1)
        model = make()
        for variable in model.variables:  # biases that are not 0, so that a lost one is missed
            if variable.name in ("bias", "beta"):
                variable.assign(random.normal(scale=0.25, size=variable.shape))
        reference.add_model(make.__name__, model, *arguments, **options)

    add(u_net, "binary_crossentropy", "adam", large, large)
    add(conditional, "mean_squared_error", optimizers.RMSprop(0.01), {"label": labels, "image": images}, images)
    losses = {"digit": "categorical_crossentropy", "image": "binary_crossentropy"}
    add(
        two_heads, losses, "adam", rows, [labels, rows],
        loss_weights={"digit": 0.125, "image": 2.0}, metrics={"digit": "accuracy", "image": ["mean_absolute_error"]},
    )  # fmt: skip
    targets = [rows, random.normal(size=(samples, 4))]
    add(
        code_is_an_output,
        ["mean_squared_error", "mean_absolute_error"],
        "adam",
        rows,
        targets,
        loss_weights=[1.0, 0.25],
    )
    add(siamese, "binary_crossentropy", optimizers.SGD(0.05, momentum=0.875), pairs, same, metrics=["accuracy"])
    add(shared_at_two_depths, "mean_squared_error", optimizers.SGD(0.1), numbers, numbers[:, :2] * numbers[:, 2:4])
    halves = [numbers[:, :5], numbers[:, 1:]]
    add(one_layer_two_outputs, "mean_squared_error", optimizers.Nadam(0.01), halves, [half[:, :2] for half in halves])
    add(tied, "binary_crossentropy", "adam", images, images)
    add(tied_and_frozen, "binary_crossentropy", optimizers.AdamW(0.01, weight_decay=0.125), rows, rows)
    add(residual, "categorical_crossentropy", "adam", two_channels, labels, metrics=["accuracy"])
    add(frozen, "categorical_crossentropy", optimizers.AdamW(0.01, weight_decay=0.125), two_channels, labels)
    add(frozen_chain, "binary_crossentropy", "adam", rows, rows)
    quarters = two_channels[:, 1:5, 1:5]
    add(all_joins, "mean_squared_error", optimizers.SGD(0.5), quarters, random.uniform(size=(samples, 12, 4, 1)))
    add(encoder_and_decoder, "binary_crossentropy", optimizers.SGD(0.5, global_clipnorm=0.25), images, images)


def main():
    random = np.random.default_rng(1)
    joins, models = Reference(HERE / "reference", seed=1), Reference(HERE / "reference", seed=1)
    add_joins(joins, random)
    add_models(models, random)
    joins.write()
    models.write()


if __name__ == "__main__":
    main()
