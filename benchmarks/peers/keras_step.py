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


def conv(channels, activation="relu"):
    return layers.Conv2D(channels, 3, padding="same", activation=activation)


def make(name):
    """Without the last sigmoid, which belongs to the loss below: Keras's fastest way."""
    if name == "dense32":
        return keras.Sequential([keras.Input((784,)), layers.Dense(32, "relu"), layers.Dense(784)])
    a, b, c, d = {"ae7k": (16, 16, 16, 16), "dae74k": (32, 64, 64, 32)}[name]
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        conv(a), layers.MaxPooling2D(2), conv(b), layers.MaxPooling2D(2),
        conv(c), layers.UpSampling2D(2), conv(d), layers.UpSampling2D(2), conv(1, None),
    ])  # fmt: skip


def run_fit(model, x, target, batch):
    model.compile(keras.optimizers.Adam(1e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    return lambda: model.fit(x, target, batch_size=batch, epochs=1, shuffle=False, verbose=0)


def run_function(model, x, target, batch):
    adam = keras.optimizers.Adam(1e-3)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    adam.build(model.trainable_variables)

    @tf.function
    def step(x, target):
        with tf.GradientTape() as tape:
            value = loss(target, model(x, training=True))
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
    images = batch * {"ae7k": 24, "dae74k": 8, "dense32": 128}[name]
    random = np.random.default_rng(0)
    x = random.random((images, *model.input_shape[1:]), dtype=np.float32)
    target = random.random((images, *model.output_shape[1:]), dtype=np.float32)
    run = {"fit": run_fit, "function": run_function}[options.variant](model, x, target, batch)
    run()  # traces and compiles
    run()
    return peer.images_per_second(run, images, options.seconds)


peer.report("keras", options, {name: measure(name) for name in options.models})
