"""Trains exercises of the course in Keras, with several seeds: how far one run's figure is a matter of its seed.

    build/peers/.venv/bin/python benchmarks/peers/course_in_keras.py levels_0.5 levels_0.9 --seeds 1 2 42

(benchmarks/peers/run.sh makes the environment.) Prints `<exercise> seed <seed>: <loss>`, the loss of the test set after the
last epoch; for the vae, as its example does, of the training set of all 70,000 digits; for unet_documents the root of the
mean squared error over the test pages; for anomalies the mean of ten areas below the ROC curve. The counterparts are
`build/release/examples/denoising_levels --seed 1` and so on.
"""

import argparse
import gzip
import os
import pathlib

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")

import keras  # noqa: E402  (reads its settings on import)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
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
EXERCISES = [*AUTOENCODERS, "valid", "valid_blog", "vae", "anomalies", "unet_documents"]


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


def labels(folder, name):
    with gzip.open(folder / f"{name}-labels-idx1-ubyte.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=8)


def area_below_roc(unusual, usual):
    """How often a score of `unusual` is above one of `usual`; equal ones count half."""
    usual = np.sort(usual)
    below = np.searchsorted(usual, unusual, "left") + np.searchsorted(usual, unusual, "right")
    return below.mean() / 2 / len(usual)


def anomalies(train, train_labels, test, test_labels, epochs):
    """Ten networks, each without one digit: is it found by its error?"""
    train, test = train.reshape(-1, 784), test.reshape(-1, 784)
    areas = []
    for unseen in range(10):
        model = keras.Sequential([
            keras.Input((784,)),
            layers.Dense(128, "relu"), layers.Dense(32, "relu"), layers.Dense(128, "relu"), layers.Dense(784, "sigmoid"),
        ])  # fmt: skip
        model.compile("adam", "binary_crossentropy")
        seen = train[train_labels != unseen]
        model.fit(seen, seen, epochs=epochs, batch_size=128, verbose=0)
        errors = ((model.predict(test, verbose=0).astype("float64") - test) ** 2).mean(axis=1)
        areas.append(area_below_roc(errors[test_labels == unseen], errors[test_labels != unseen]))
        print(f"  anomalies without {unseen}: {areas[-1]:.4f}", flush=True)
    return np.mean(areas)


def pages(folder, text):
    """Dirty and clean pages of one text, ink as 1: page N shows text (N - 1) % 3."""

    def read(path):
        return 1 - tf.io.decode_png(path.read_bytes(), channels=1).numpy().astype("float32") / 255

    numbers = sorted(int(path.stem) for path in (folder / "train").glob("*.png"))
    shown = [number for number in numbers if (number - 1) % 3 == text]
    kinds = ("train", "train_cleaned")
    return [[read(folder / kind / f"{number}.png") for number in shown] for kind in kinds]


def unet(size):
    """That of unet_denoising."""
    x = keras.Input((*size, 1))
    fine = conv(16)(conv(16)(x))
    coarse = conv(32)(conv(32)(layers.MaxPooling2D(2)(fine)))
    h = conv(32)(conv(64)(layers.MaxPooling2D(2)(coarse)))
    h = conv(32)(layers.Concatenate()([layers.UpSampling2D(2)(h), coarse]))
    h = conv(16)(layers.Concatenate()([layers.UpSampling2D(2)(h), fine]))
    return keras.Model(x, conv(1, "sigmoid")(h))


def unet_documents(folder, seed, epochs, patches=2400, batch=16, patch=64):
    """New random patches in every epoch, a rate that falls along a cosine; then the weights on whole pages."""
    dirty, clean = pages(folder, 1)
    random = np.random.default_rng(seed)
    model = unet((patch, patch))
    steps = patches // batch * epochs
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps)), "binary_crossentropy")
    for _ in range(epochs):
        x, y = np.empty((2, patches, patch, patch, 1), "float32")
        for n in range(patches):
            page = random.integers(len(dirty))
            top, left = (random.integers(side - patch + 1) for side in dirty[page].shape[:2])
            x[n] = dirty[page][top : top + patch, left : left + patch]
            y[n] = clean[page][top : top + patch, left : left + patch]
        model.fit(x, y, batch_size=batch, verbose=0)
    dirty, clean = pages(folder, 2)
    whole = unet(dirty[0].shape[:2])
    whole.set_weights(model.get_weights())
    cleaned = whole.predict(np.stack(dirty), batch_size=4, verbose=0)
    return float(np.sqrt(np.mean((cleaned - np.stack(clean)) ** 2)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exercises", nargs="+", choices=EXERCISES)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 42])
    parser.add_argument("--epochs", type=int, help="default: 10; the vae's 30, the U-Net's 24")
    data = pathlib.Path(os.environ.get("LATENT_DATA") or "data")
    for option, folder, what in (("--data", "mnist", "IDX files"), ("--pages", "noisy_office", "NoisyOffice pages")):
        words = f"folder of the {what}; default: %(default)s"
        parser.add_argument(option, type=pathlib.Path, default=data / folder, help=words)
    options = parser.parse_args()

    if options.exercises != ["unet_documents"]:
        train, test = digits(options.data, "train"), digits(options.data, "t10k")
    for exercise in options.exercises:
        for seed in options.seeds:
            keras.utils.set_random_seed(seed)
            if exercise == "unet_documents":
                loss = unet_documents(options.pages, seed, options.epochs or 24)
            elif exercise == "vae":
                loss = vae(np.concatenate([train, test]), seed, options.epochs or 30)
            elif exercise == "anomalies":
                of = [labels(options.data, name) for name in ("train", "t10k")]
                loss = anomalies(train, of[0], test, of[1], options.epochs or 10)
            elif exercise.startswith("valid"):
                loss = valid_autoencoder(exercise, train, test, options.epochs or 10)
            else:
                loss = autoencoder(exercise, train, test, seed, options.epochs or 10)
            print(f"{exercise} seed {seed}: {loss:.5f}", flush=True)


if __name__ == "__main__":
    main()
