#!/usr/bin/env python3
"""Layers and models that nobody chose: latent computes with random options what Keras computes with them.

    random_exchange.py [SEED] [LAYERS] [MODELS]      default: the week's number, 60 and 8

Everything that is drawn is something latent has, so that a case that is unsupported is a failure, too. What failed is named; the same
seed draws the same cases.
"""

import datetime
import os
import random
import subprocess
import sys
import tempfile

import exchange
import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
try:
    from keras_reference import Reference, keras, tf
except ImportError as error:
    exchange.skip(error)
layers, optimizers, regularizers = keras.layers, keras.optimizers, keras.regularizers
schedules = optimizers.schedules

SMOOTH = ["tanh", "elu", "selu", "gelu", "silu", "softplus", "leaky_relu", "sigmoid", "softsign", "mish", "log_sigmoid"]
ACTIVATIONS = [None, "linear", "relu", "relu6", "swish", "exponential", "hard_sigmoid", "hard_silu", "hard_tanh", "softmax", *SMOOTH]
CHANNELS = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 24]


class Draw(random.Random):
    def pair(self, low, high):
        return self.randint(low, high), self.randint(low, high)

    def padding(self):
        return self.choice(["same", "valid"])

    def chance(self, probability=0.5):
        return self.random() < probability

    def channels(self):
        return self.choice(CHANNELS)

    def options(self):
        """Those that all layers with a kernel have."""
        made = {"padding": self.padding(), "activation": self.choice(ACTIVATIONS), "use_bias": self.chance(0.7)}
        return {**made, "activity_regularizer": self.regularizer() if self.chance(0.2) else None}

    def strides_or_dilation(self):
        return self.choice([{"strides": self.pair(1, 4)}, {"dilation_rate": self.pair(1, 3)}])

    def rate(self):
        return self.choice([
            0.01,
            schedules.ExponentialDecay(0.01, 3, 0.5, staircase=self.chance()),
            schedules.CosineDecay(0.01, 4, 0.1),
            schedules.CosineDecayRestarts(0.01, 2, self.choice([1.0, 1.5, 2.0]), 0.8, 0.1),
            schedules.PolynomialDecay(0.01, 3, 0.001, 1.5, cycle=self.chance()),
            schedules.InverseTimeDecay(0.01, 3, 0.7),
            schedules.PiecewiseConstantDecay([1, 3], [0.01, 0.005, 0.001]),
        ])  # fmt: skip

    def optimizer(self):
        kind, options = self.choice([
            ("SGD", {}), ("SGD", {"momentum": 0.9, "nesterov": self.chance()}), ("Adam", {"amsgrad": self.chance()}), ("AdamW", {}),
            ("RMSprop", {"momentum": 0.5, "centered": self.chance()}), ("Adagrad", {}), ("Adadelta", {}), ("Nadam", {}), ("Adamax", {}),
            ("Lion", {}),
        ])  # fmt: skip
        limits = [{}, {"clipnorm": 0.5}, {"global_clipnorm": 0.7}, {"clipvalue": 0.01}, {"weight_decay": 0.01}]
        return getattr(optimizers, kind)(self.rate(), **options, **self.choice(limits))

    def regularizer(self):
        return self.choice([None, regularizers.L1(1e-3), regularizers.L2(1e-2), regularizers.L1L2(1e-3, 1e-2)])


def convolution(draw, groups=1):
    height, width = draw.pair(13, 15)  # 5 taps, 3 apart, and more
    layer = layers.Conv2D(groups * draw.randint(1, 9), draw.pair(1, 5), groups=groups, **draw.strides_or_dilation(), **draw.options())
    return layer, (height, width, groups * draw.randint(1, 9))


def transposed(draw):
    strides = draw.pair(1, 3)
    output_padding = draw.choice([None, tuple(draw.randrange(stride) for stride in strides)])
    layer = layers.Conv2DTranspose(
        draw.channels(), draw.pair(1, 5), strides=strides, output_padding=output_padding, **draw.options()
    )
    return layer, (*draw.pair(1, 6), draw.channels())


def depthwise(draw, kind, *filters):
    stride = draw.randint(1, 3)
    layer = kind(*filters, draw.pair(1, 4), strides=stride, depth_multiplier=draw.randint(1, 3),
                 dilation_rate=1 if stride > 1 else draw.randint(1, 2), **draw.options())  # fmt: skip
    return layer, (*draw.pair(8, 10), draw.channels())


def normalized(draw, kind, **options):
    own = {"epsilon": draw.choice([1e-3, 1e-6]), "center": draw.chance(0.8), "scale": draw.chance(0.8)}
    return kind(**options, **own)


def sequence(draw):
    stride, options = draw.randint(1, 3), draw.options()
    dilation = {} if stride > 1 else {"dilation_rate": draw.randint(1, 2)}
    layer = draw.choice([
        lambda: layers.Conv1D(draw.channels(), draw.randint(1, 4), strides=stride,
                              **{**options, "padding": draw.choice(["same", "valid", "causal"])}, **dilation),
        lambda: layers.Conv1DTranspose(draw.channels(), draw.randint(1, 4), strides=stride, **options),
        lambda: layers.MaxPooling1D(draw.randint(1, 4), strides=draw.choice([None, stride]), padding=options["padding"]),
        lambda: layers.AveragePooling1D(draw.randint(1, 4), strides=draw.choice([None, stride]), padding=options["padding"]),
        lambda: layers.UpSampling1D(draw.randint(1, 4)),
        lambda: layers.ZeroPadding1D(draw.pair(0, 2)),
        lambda: layers.Cropping1D(draw.pair(0, 2)),
        lambda: layers.GlobalAveragePooling1D(keepdims=draw.chance()),
        lambda: layers.GlobalMaxPooling1D(keepdims=draw.chance()),
        lambda: layers.BatchNormalization(momentum=draw.choice([0.5, 0.99])),
    ])()  # fmt: skip
    return layer, (draw.randint(8, 12), draw.channels())


def image_layer(draw):
    """Layers without a kernel, and normalisations."""
    size, strides = draw.pair(1, 4), draw.choice([None, draw.pair(1, 4)])
    layer = draw.choice([
        lambda: layers.MaxPooling2D(size, strides, draw.padding()),
        lambda: layers.AveragePooling2D(size, strides, draw.padding()),
        lambda: layers.UpSampling2D(size, interpolation=draw.choice(["nearest", "bilinear"])),
        lambda: layers.ZeroPadding2D((draw.pair(0, 3), draw.pair(0, 3))),
        lambda: layers.Cropping2D((draw.pair(0, 2), draw.pair(0, 2))),
        lambda: layers.GlobalAveragePooling2D(keepdims=draw.chance()),
        lambda: layers.GlobalMaxPooling2D(keepdims=draw.chance()),
        lambda: layers.Permute(draw.choice([(2, 1, 3), (3, 1, 2), (3, 2, 1)])),
        lambda: layers.PReLU(shared_axes=draw.choice([None, [1, 2], [1]])),
        lambda: layers.ReLU(draw.choice([None, 6.0, 2.5]), draw.choice([0.0, 0.1]), draw.choice([0.0, 0.5])),
        lambda: layers.ELU(draw.choice([1.0, 1, 0.5])),
        lambda: layers.LeakyReLU(negative_slope=draw.choice([0.1, 0.3])),
        lambda: layers.Rescaling(draw.choice([1 / 255, 2.0]), offset=draw.choice([0.0, -1.0])),
        lambda: layers.Activation(draw.choice(SMOOTH)),
        lambda: normalized(draw, layers.BatchNormalization, momentum=draw.choice([0.5, 0.99])),
        lambda: normalized(draw, layers.LayerNormalization, axis=draw.choice([-1, [1, 2, 3], [2, 3]])),
        lambda: normalized(draw, layers.GroupNormalization, groups=draw.choice([1, -1])),
    ])()  # fmt: skip
    return layer, (*draw.pair(5, 9), draw.channels())


def join(draw):
    kind = draw.choice([layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum, layers.Minimum,
                        layers.Concatenate])  # fmt: skip
    shape, inputs = [*draw.pair(2, 6), draw.channels()], 2 if kind is layers.Subtract else draw.randint(2, 4)
    if kind is not layers.Concatenate:
        return kind(), [tuple(shape)] * inputs
    axis = draw.choice([1, 2, 3, -1])
    shapes = [[*shape] for _ in range(inputs)]
    for own in shapes:
        own[axis if axis < 0 else axis - 1] = draw.randint(1, 6)
    return kind(axis=axis), [tuple(own) for own in shapes]


KINDS = [
    convolution,
    lambda draw: convolution(draw, draw.randint(2, 4)),
    transposed,
    lambda draw: depthwise(draw, layers.DepthwiseConv2D),
    lambda draw: depthwise(draw, layers.SeparableConv2D, draw.channels()),
    sequence,
    image_layer,
    image_layer,
    join,
    lambda draw: (
        layers.Dense(draw.channels(), draw.choice(ACTIVATIONS), draw.chance(0.7)),
        draw.choice([(), (3,), (2, 3)]) + (draw.channels(),),
    ),
]


def add_layer(reference, draw, random_numbers, name):
    """Whether TensorFlow could compute it: some transposed convolutions with an output_padding it cannot."""
    layer, shape = draw.choice(KINDS)(draw)
    samples = 8 if isinstance(layer, layers.BatchNormalization) else draw.randint(1, 3)
    several = isinstance(shape, list)
    # The exponential of a sum of 40 has the rounding of the sum 40 times: more than floats are allowed.
    scale = 0.25 if getattr(layer, "activation", None) is keras.activations.exponential else 1
    x = [scale * random_numbers.normal(size=(samples, *own)) for own in (shape if several else [shape])]
    try:
        reference.add_layer(f"layers/{type(layer).__name__}", name, layer, x if several else x[0])
    except (tf.errors.InvalidArgumentError, ValueError):
        return False
    return True


def block(draw, x):
    """One or two layers more."""
    height, width, channels = x.shape[1:]
    same = {"padding": "same", "activation": draw.choice(SMOOTH)}
    kind = draw.choice(["conv", "conv", "separable", "normalization", "pooling", "larger", "skip"])
    if kind == "conv":
        return layers.Conv2D(draw.choice([2, 3, 8]), draw.pair(1, 3), kernel_regularizer=draw.regularizer(), **same)(x)
    if kind == "separable":
        return layers.SeparableConv2D(draw.choice([2, 4]), 3, **same)(x)
    if kind == "normalization":
        # Behind another normalisation nothing but rounding would be left of its gradients, and the way of an optimiser be chance.
        kinds = [layers.BatchNormalization(momentum=0.8), layers.LayerNormalization(), layers.GroupNormalization(1)]
        return layers.Activation(draw.choice(SMOOTH))(draw.choice(kinds)(x))
    if kind == "pooling" and min(height, width) >= 4:
        return draw.choice([layers.MaxPooling2D, layers.AveragePooling2D])(2, padding=draw.padding())(x)
    if kind == "larger" and max(height, width) <= 8:
        return draw.choice([layers.UpSampling2D(2), layers.Conv2DTranspose(3, 3, strides=2, **same)])(x)
    beside = layers.Conv2D(channels, 3, **same)(x)
    return draw.choice([layers.Add, layers.Multiply, layers.Average, layers.Concatenate])()([x, beside])


def add_model(reference, draw, random_numbers, name, samples=20):
    inputs = keras.Input((*draw.pair(4, 9), draw.choice([1, 2, 3])))
    x = inputs
    for _ in range(draw.randint(2, 5)):
        x = block(draw, x)
    made = keras.metrics
    loss, activation, metric = draw.choice([
        ("binary_crossentropy", "sigmoid", draw.choice([made.AUC(), made.Precision(0.4), made.Recall(0.6), made.AUC(20, "PR")])),
        ("binary_crossentropy", "sigmoid", "mse"), ("mse", "linear", "mae"), ("mse", "sigmoid", made.RootMeanSquaredError()), ("mae", "tanh", "mse"), ("huber", "linear", "mse"),
        ("kl_divergence", "softmax", "mae"), ("poisson", "softplus", "mse"), ("mean_squared_logarithmic_error", "softplus", "mape"),
        ("categorical_crossentropy", "softmax", "accuracy"), ("cosine_similarity", "linear", "mse"),
    ])  # fmt: skip
    if draw.chance():
        y = layers.Conv2D(3, 3, padding="same", activation=activation)(x)
    else:
        x = draw.choice([layers.Flatten(), layers.GlobalAveragePooling2D(), layers.GlobalMaxPooling2D()])(x)
        y = layers.Dense(4, activation, kernel_regularizer=draw.regularizer())(x)
    targets = random_numbers.uniform(size=(samples, *y.shape[1:]))
    if isinstance(metric, (made.AUC, made.Precision, made.Recall)):
        targets = np.round(targets)
    if activation == "softmax":  # probabilities that add up to 1 exactly, also as floats: see losses/categorical_crossentropy.hpp
        classes = y.shape[-1]
        targets = random_numbers.multinomial(16, np.full(classes, 1 / classes), size=targets.shape[:-1]) / 16
    given = random_numbers.normal(size=(samples, *inputs.shape[1:]))
    reference.add_model(name, keras.Model(inputs, y), loss, draw.optimizer(), given, targets, steps=5, metrics=[metric])


def main():
    week = datetime.date.today().isocalendar()
    given = [int(word) for word in sys.argv[1:] if word.isdigit()]  # ctest gives a program as well
    seed, of_layers, of_models = (given + [100 * week[0] + week[1], 60, 8][len(given) :])[:3]
    print(f"seed {seed}")
    keras.utils.set_random_seed(seed)
    draw, random_numbers = Draw(seed), np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        reference = Reference(folder, seed)
        for number in range(of_layers):
            while not add_layer(reference, draw, random_numbers, f"layer_{number}"):
                pass
        for number in range(of_models):
            add_model(reference, draw, random_numbers, f"model_{number}")
        reference.write()
        command = ["sh", exchange.SCRIPTS / "verify_against_keras.sh", folder, "--flags=-O0"]
        done = subprocess.run(command, text=True, capture_output=True, check=False)
    print(done.stdout, done.stderr)
    assert done.stdout.splitlines()[-1] == f"{of_layers + of_models} passed, 0 failed, 0 unsupported"


if __name__ == "__main__":
    main()
