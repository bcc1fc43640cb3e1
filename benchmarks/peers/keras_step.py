"""Speed of Keras's training step, on TensorFlow, on the models of training_step.cpp.

fit       model.fit on an array of many batches, compiled as Keras decides (jit_compile="auto")
function  the same step written by hand as a tf.function, one call a batch
"""

import os

import peer

options = peer.arguments(__doc__, ["fit", "function"])
os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")

import keras  # noqa: E402  (reads its settings on import)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)
keras.utils.set_random_seed(0)


def conv(channels, activation="relu", strides=1):
    return layers.Conv2D(channels, 3, strides=strides, padding="same", activation=activation)


def convolutional(a, b, c, d):
    return [
        conv(a), layers.MaxPooling2D(2), conv(b), layers.MaxPooling2D(2),
        conv(c), layers.UpSampling2D(2), conv(d), layers.UpSampling2D(2), conv(1, None),
    ]  # fmt: skip


def transpose():
    def doubling(channels):
        return layers.Conv2DTranspose(channels, 3, strides=2, padding="same", activation="relu")

    return [conv(32, strides=2), conv(64, strides=2), doubling(64), doubling(32), conv(1, None)]


def classifier():
    return [
        conv(32), layers.MaxPooling2D(2), conv(64), layers.MaxPooling2D(2),
        layers.Flatten(), layers.Dense(peer.CLASSES, "softmax"),
    ]  # fmt: skip


class Sampling(layers.Layer):
    """z = z_mean + exp(z_log_var / 2) * epsilon; adds the divergence to the loss, as in Keras's example."""

    def __init__(self):
        super().__init__()
        self.seed_generator = keras.random.SeedGenerator(0)

    def call(self, inputs):
        z_mean, z_log_var = inputs
        kl = -0.5 * (1 + z_log_var - keras.ops.square(z_mean) - keras.ops.exp(z_log_var))
        self.add_loss(keras.ops.mean(keras.ops.sum(kl, axis=1)))
        epsilon = keras.random.normal(keras.ops.shape(z_mean), seed=self.seed_generator)
        return z_mean + keras.ops.exp(0.5 * z_log_var) * epsilon


def vae():
    def doubling(channels):
        return layers.Conv2DTranspose(channels, 3, strides=2, padding="same", activation="relu")

    x = keras.Input((28, 28, 1))
    h = layers.Dense(16, "relu")(layers.Flatten()(conv(64, strides=2)(conv(32, strides=2)(x))))
    z = Sampling()([layers.Dense(2)(h), layers.Dense(2)(h)])
    h = layers.Reshape((7, 7, 64))(layers.Dense(7 * 7 * 64, "relu")(z))
    logits = layers.Conv2DTranspose(1, 3, padding="same")(doubling(32)(doubling(64)(h)))
    return keras.Model(x, logits)


def unet():
    x = keras.Input((28, 28, 1))
    fine = conv(16)(x)
    coarse = conv(32)(layers.MaxPooling2D(2)(fine))
    deepest = conv(64)(layers.MaxPooling2D(2)(coarse))
    back = conv(32)(layers.Concatenate()([layers.UpSampling2D(2)(deepest), coarse]))
    back = conv(16)(layers.Concatenate()([layers.UpSampling2D(2)(back), fine]))
    return keras.Model(x, conv(1, None)(back))


def dense(*units):
    return [*(layers.Dense(n, "relu") for n in units), layers.Dense(784)]


def make(name):
    """The auto-encoders without their last sigmoid, which belongs to the loss below: Keras's fastest way."""
    if name in ("vae", "unet"):
        return {"vae": vae, "unet": unet}[name]()
    chain = {
        "ae7k": lambda: convolutional(16, 16, 16, 16),
        "dae74k": lambda: convolutional(32, 64, 64, 32),
        "dae_transpose": transpose,
        "dense32": lambda: dense(32),
        "deep_dense": lambda: dense(128, 64, 32, 64, 128),
        "classifier": classifier,
    }[name]()
    return keras.Sequential([keras.Input((784,) if "dense" in name else (28, 28, 1)), *chain])


def loss_of(name):
    if name == "classifier":
        return keras.losses.MeanSquaredError()
    if name == "vae":

        def sum_over_pixels(target, logits):
            losses = keras.ops.binary_crossentropy(target, logits, from_logits=True)
            return keras.ops.mean(keras.ops.sum(losses, axis=(1, 2, 3)))

        return sum_over_pixels
    return keras.losses.BinaryCrossentropy(from_logits=True)


def run_fit(model, loss, x, target, batch):
    model.compile(keras.optimizers.Adam(1e-3), loss)
    return lambda: model.fit(x, target, batch_size=batch, epochs=1, shuffle=False, verbose=0)


def run_function(model, loss, x, target, batch):
    adam = keras.optimizers.Adam(1e-3)
    adam.build(model.trainable_variables)

    @tf.function
    def step(x, target):
        with tf.GradientTape() as tape:
            value = loss(target, model(x, training=True)) + sum(model.losses)
        variables = model.trainable_variables
        adam.apply_gradients(zip(tape.gradient(value, variables), variables))
        return value

    batches = [
        (tf.constant(x[i : i + batch]), tf.constant(target[i : i + batch])) for i in range(0, len(x), batch)
    ]

    def run():
        for pair in batches:
            value = step(*pair)
        value.numpy()  # waits

    return run


def measure(name):
    model, batch = make(name), peer.BATCH[name]
    peer.check_parameters(name, model.count_params())
    # An epoch of about a third of a second: its start must not count much.
    batches = {"ae7k": 24, "dae74k": 8, "dae_transpose": 8, "vae": 12, "dense32": 128, "deep_dense": 64, "unet": 8, "classifier": 16}
    images = batch * batches[name]
    random = np.random.default_rng(0)
    x = random.random((images, *model.input_shape[1:]), dtype=np.float32)
    if name == "classifier":
        target = np.eye(peer.CLASSES, dtype=np.float32)[np.arange(images) % peer.CLASSES]
    else:
        target = random.random(x.shape, dtype=np.float32)
    run = {"fit": run_fit, "function": run_function}[options.variant](model, loss_of(name), x, target, batch)
    run()  # traces and compiles
    run()
    return peer.images_per_second(run, images, options.seconds)


peer.report("keras", options, {name: measure(name) for name in options.models})
