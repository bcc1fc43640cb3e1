"""Trains exercises of the course in Keras, with several seeds: how far one run's figure is a matter of its seed.

    build/peers/.venv/bin/python benchmarks/peers/course_in_keras.py levels_0.5 levels_0.9 --seeds 1 2 42

(benchmarks/peers/run.sh makes the environment.) Prints `<exercise> seed <seed>: <loss>`, the loss of the test set after the
last epoch; for the vae, as its example does, of the training set of all 70,000 digits. The counterparts are
`build/release/examples/denoising_levels --seed 1` and so on.
"""

import argparse
import gzip
import os
import pathlib

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")

import keras  # noqa: E402  (reads its settings on import)
import numpy as np  # noqa: E402
from keras import layers, ops  # noqa: E402

# Activation of the last layer and noise on the input.
AUTOENCODERS = {
    "levels_0.5": ("sigmoid", 0.5),
    "levels_0.7": ("sigmoid", 0.7),
    "levels_0.9": ("sigmoid", 0.9),
    "mnist": ("sigmoid", 0.0),
    "relu": ("relu", 0.0),
    "relu_noise": ("relu", 0.7),
}


def digits(folder, name):
    with gzip.open(folder / f"{name}-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16)
    return pixels.reshape(-1, 28, 28, 1).astype("float32") / 255


def conv(filters, activation="relu"):
    return layers.Conv2D(filters, 3, padding="same", activation=activation)


def autoencoder(exercise, train, test, seed, epochs):
    """The 7,265 parameters of denoising_levels and mnist_autoencoder; the noise is added once, and clipped."""
    activation, noise = AUTOENCODERS[exercise]
    random = np.random.default_rng(seed)

    def noisy(images):
        return np.clip(images + noise * random.standard_normal(images.shape, "float32"), 0, 1) if noise else images

    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        conv(16), layers.MaxPooling2D(2, padding="same"), conv(16), layers.MaxPooling2D(2, padding="same"),
        conv(16), layers.UpSampling2D(2), conv(16), layers.UpSampling2D(2), conv(1, activation),
    ])  # fmt: skip
    model.compile("adam", "binary_crossentropy")
    history = model.fit(
        noisy(train), train, validation_data=(noisy(test), test), epochs=epochs, batch_size=128, verbose=0
    )
    return history.history["val_loss"][-1]


def valid_autoencoder(exercise, train, test, epochs):
    """The two networks of valid_autoencoder, with their optimisers and rates."""
    filters, optimizer, batch = {
        "valid": (16, keras.optimizers.Adagrad(0.01), 100),
        "valid_blog": (8, keras.optimizers.Adadelta(1.0), 128),
    }[exercise]

    def pool():
        return layers.MaxPooling2D(2, padding="same")

    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        conv(16), pool(), conv(filters), pool(), conv(filters), pool(),
        conv(filters), layers.UpSampling2D(2), conv(filters), layers.UpSampling2D(2),
        layers.Conv2D(16, 3, activation="relu"), layers.UpSampling2D(2), conv(1, "sigmoid"),
    ])  # fmt: skip
    model.compile(optimizer, "binary_crossentropy")
    history = model.fit(train, train, validation_data=(test, test), epochs=epochs, batch_size=batch, verbose=0)
    return history.history["val_loss"][-1]


class Divergence(layers.Layer):
    """Samples z and adds the divergence to the loss."""

    def __init__(self, seed):
        super().__init__()
        self.random = keras.random.SeedGenerator(seed)

    def call(self, inputs):
        z_mean, z_log_var = inputs
        kl = -0.5 * ops.sum(1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var), axis=1)
        self.add_loss(ops.mean(kl))
        return z_mean + ops.exp(0.5 * z_log_var) * keras.random.normal(ops.shape(z_mean), seed=self.random)


def vae(images, seed, epochs):
    """Keras's example: cross-entropy summed over the pixels, plus the divergence."""

    def transposed(filters, strides=2, activation="relu"):
        return layers.Conv2DTranspose(filters, 3, strides=strides, padding="same", activation=activation)

    x = keras.Input((28, 28, 1))
    h = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)
    h = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(h)
    h = layers.Dense(16, "relu")(layers.Flatten()(h))
    z = Divergence(seed)([layers.Dense(2)(h), layers.Dense(2)(h)])
    h = layers.Reshape((7, 7, 64))(layers.Dense(7 * 7 * 64, "relu")(z))
    y = transposed(1, 1, "sigmoid")(transposed(32)(transposed(64)(h)))
    model = keras.Model(x, y)
    model.compile("adam", lambda t, p: ops.mean(ops.sum(keras.losses.binary_crossentropy(t, p), axis=(1, 2))))
    return model.fit(images, images, epochs=epochs, batch_size=128, verbose=0).history["loss"][-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exercises", nargs="+", choices=[*AUTOENCODERS, "valid", "valid_blog", "vae"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 42])
    parser.add_argument("--epochs", type=int, help="default: 10; the vae's 30")
    parser.add_argument("--data", type=pathlib.Path, default="../shared/data/mnist", help="folder of the IDX files")
    options = parser.parse_args()

    train, test = digits(options.data, "train"), digits(options.data, "t10k")
    for exercise in options.exercises:
        for seed in options.seeds:
            keras.utils.set_random_seed(seed)
            if exercise == "vae":
                loss = vae(np.concatenate([train, test]), seed, options.epochs or 30)
            elif exercise.startswith("valid"):
                loss = valid_autoencoder(exercise, train, test, options.epochs or 10)
            else:
                loss = autoencoder(exercise, train, test, seed, options.epochs or 10)
            print(f"{exercise} seed {seed}: {loss:.5f}", flush=True)


if __name__ == "__main__":
    main()
