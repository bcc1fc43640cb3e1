#!/usr/bin/env python3
"""Trained in Keras, predicts the same in latent; trained in latent, predicts the same in Keras.

keras_exchange.py PROGRAM      PROGRAM is weights_program
"""

import os
import pathlib
import sys

import exchange
from exchange import call, compare, data, differ, script

sys.path.insert(0, str(exchange.SCRIPTS))
import keras_weights  # noqa: E402
import latent_weights  # noqa: E402

try:
    keras = keras_weights.import_keras()
except latent_weights.Problem as problem:
    exchange.skip(problem)
layers = keras.layers


def make(name):
    relu, same = {"activation": "relu"}, {"padding": "same"}
    if name == "autoencoder":  # nested, and with names that do not start at 0
        encoder = keras.Sequential(
            [
                keras.Input((12, 12, 1)),
                layers.Conv2D(6, 3, **same, **relu),
                layers.MaxPooling2D(2),
                layers.Conv2D(6, 3, **same, **relu),
            ],
            name="encoder",
        )
        decoder = keras.Sequential(
            [
                keras.Input((6, 6, 6)),
                layers.UpSampling2D(2),
                layers.Conv2D(2, 3, **same, activation="sigmoid", name="decoded"),
            ],
            name="decoder",
        )
        return keras.Sequential([encoder, decoder])
    if name == "classifier":
        inputs = keras.Input((9, 8, 2))
        x = layers.Conv2D(3, (3, 2), strides=(2, 3), **relu)(inputs)
        return keras.Model(inputs, layers.Dense(5, activation="softmax")(layers.Dropout(0.0)(layers.Flatten()(x))))
    if name == "normalized":
        return keras.Sequential(
            [
                keras.Input((5, 4, 3)),
                layers.Conv2D(2, 3, use_bias=False),
                layers.BatchNormalization(),
                layers.LayerNormalization(),
                layers.LayerNormalization(axis=[1, 2, 3], name="all"),
                layers.Activation("sigmoid"),
            ]
        )
    if name == "grouped":  # channels that do not see each other, or some of them
        return keras.Sequential(
            [
                keras.Input((8, 8, 4)),
                layers.Conv2D(4, 3, groups=2, **same),
                layers.GroupNormalization(2),
                layers.PReLU(shared_axes=[1, 2]),
                layers.DepthwiseConv2D(3, depth_multiplier=2, **relu),
                layers.SeparableConv2D(3, 2, activation="tanh"),
                layers.Reshape((25, 3)),
                layers.Conv1D(1, 3, activation="sigmoid"),
            ]
        )
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(10, **relu),
            layers.Dense(24, **relu),
            layers.Reshape((2, 3, 4)),
            layers.Conv2DTranspose(4, 2, strides=2, **same, **relu),
            layers.Conv2DTranspose(1, 3, activation="sigmoid"),
        ]
    )


def train(model, x, y):
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    before = model.predict(x, verbose=0)
    model.fit(x, y, epochs=2, batch_size=8, verbose=0)
    differ(f"{model.name}, Keras", before, model.predict(x, verbose=0))


def both_ways(folder, name, ending):
    model, (x, y) = make(name), data(name)
    train(model, x, y)
    file, weights = folder / f"{name}{ending}", folder / f"{name}.safetensors"
    model.save(file)
    script("keras_weights.py", "to-latent", "--model", file, "--weights", weights)
    compare(f"{name}{ending}: Keras to latent", folder.latent("predict", name, weights, x), model.predict(x, verbose=0))

    trained = folder.latent("train", name, weights, x, y)
    back = folder / f"{name}_back{ending}"
    script("keras_weights.py", "to-keras", "--weights", trained, "--model", file, "--out", back)
    again, predicted = keras.saving.load_model(back), folder.latent("predict", name, trained, x)
    differ(f"{name}, latent", model.predict(x, verbose=0), predicted)
    compare(f"{name}{ending}: latent to Keras", again.predict(x, verbose=0), predicted)
    return model, file, weights


def check_parts(folder, model, file):
    """Names in front of nested models; .weights.h5; a model of two files."""
    x, _ = data("autoencoder")
    weights = folder / "parts.safetensors"
    script("keras_weights.py", "to-latent", "--nested", "--model", file, "--weights", weights)
    names = sorted(latent_weights.read_safetensors(weights)[0])
    expected = [
        f"{layer}/{v}"
        for layer in ("decoder/decoded", "encoder/conv2d", "encoder/conv2d_1")
        for v in ("bias", "kernel")
    ]
    assert names == expected, names

    encoder, decoder = model.layers
    encoder.save(folder / "encoder.keras")
    decoder.save(folder / "decoder.keras")
    script("keras_weights.py", "to-latent", "--model", folder / "encoder.keras", "--weights", weights)
    compare("the encoder alone", folder.latent("predict", "encoder", weights, x), encoder.predict(x, verbose=0))
    both = ["--model", folder / "encoder.keras", "--model", folder / "decoder.keras"]
    script("keras_weights.py", "to-latent", *both, "--weights", weights)
    compare("a model of two files", folder.latent("predict", "autoencoder", weights, x), model.predict(x, verbose=0))
    script(
        "keras_weights.py",
        "to-keras",
        *both,
        "--weights",
        weights,
        "--out",
        folder / "e.keras",
        "--out",
        folder / "d.h5",
    )
    back = keras.saving.load_model(folder / "d.h5", compile=False).predict(
        keras.saving.load_model(folder / "e.keras", compile=False).predict(x, verbose=0), verbose=0
    )
    compare("a model of two files, back", back, model.predict(x, verbose=0), 0)

    model.save_weights(folder / "autoencoder.weights.h5")
    (folder / "autoencoder.json").write_text(model.to_json())
    for architecture in (file, folder / "autoencoder.json"):
        script(
            "keras_weights.py",
            "to-latent",
            "--model",
            folder / "autoencoder.weights.h5",
            "--architecture",
            architecture,
            "--weights",
            weights,
        )
        compare(".weights.h5", folder.latent("predict", "autoencoder", weights, x), model.predict(x, verbose=0))
    script(
        *("keras_weights.py", "to-latent", "--model", folder / "autoencoder.json", "--weights", folder / "none.safetensors"),
        error="autoencoder.json: holds layers and no weights. Say MODEL.keras",
    )
    script("keras_weights.py", "to-keras", "--weights", weights, "--model", file, "--out", folder / "back.weights.h5")
    other = make("autoencoder")
    other.load_weights(folder / "back.weights.h5")
    compare(".weights.h5, back", other.predict(x, verbose=0), model.predict(x, verbose=0), 0)


def check_normalizations(folder):
    """In float64, with a state that is no longer that of a fresh layer."""
    keras.config.set_dtype_policy("float64")
    model = make("normalized")
    keras.config.set_dtype_policy("float32")
    for number, variable in enumerate(model.variables):
        variable.assign(keras.random.uniform(variable.shape, 0.5, 2, dtype="float64", seed=number))
    file, weights = folder / "norm.keras", folder / "norm.safetensors"
    model.save(file)
    script("keras_weights.py", "to-latent", "--model", file, "--weights", weights)
    tensors, metadata = latent_weights.read_safetensors(weights)
    assert {k: v.shape for k, v in tensors.items()} == {
        "conv2d/kernel": (3, 3, 3, 2),
        **{f"batch_normalization/{v}": (2,) for v in ("gamma", "beta", "moving_mean", "moving_variance")},
        "layer_normalization/gamma": (2,),
        "layer_normalization/beta": (2,),
        "all/gamma": (3, 2, 2),
        "all/beta": (3, 2, 2),
    }, tensors
    assert all(v.dtype == "float64" for v in tensors.values())
    assert metadata["version"] == "1" and "LayerNormalization" in metadata["summary"]
    x, _ = data("normalized")
    y = keras.ops.convert_to_numpy(model(x))
    compare("normalizations: Keras to latent", folder.latent("predict", "normalized", weights, x), y)
    for variable in model.variables:
        variable.assign(variable * 0)
    model.save(folder / "zeros.keras")
    script("keras_weights.py", "to-keras", "--model", folder / "zeros.keras", "--weights", weights, "--out", file)
    compare("normalizations, there and back", keras.ops.convert_to_numpy(keras.saving.load_model(file)(x)), y, 0)


def check_errors(folder, file, weights):
    to_latent = ["keras_weights.py", "to-latent", "--weights", folder / "none.safetensors"]
    to_keras = ["keras_weights.py", "to-keras", "--out", folder / "none.keras"]
    script(*to_latent, "--model", folder / "no.keras", error="no such file")
    (folder / "broken.keras").write_bytes(file.read_bytes()[:1000])
    script(*to_latent, "--model", folder / "broken.keras", error="cannot load it")
    (folder / "broken.safetensors").write_bytes(weights.read_bytes()[:-1])
    script(*to_keras, "--model", file, "--weights", folder / "broken.safetensors", error="is no safetensors file")
    small = keras.Sequential([keras.Input((9, 8, 2)), layers.Conv2D(3, 5), layers.GlobalAveragePooling2D()])
    small.save(folder / "small.keras")
    script(
        *to_keras,
        "--model",
        folder / "small.keras",
        "--weights",
        weights,
        error="other shape: conv2d/kernel: expected (5, 5, 2, 3), received (3, 2, 2, 3)\n"
        "  unexpected: dense/kernel (36, 5)\n  unexpected: dense/bias (5,)",
    )
    rnn = keras.Sequential([keras.Input((9, 8)), layers.GRU(3)])
    rnn.save(folder / "rnn.keras")
    script(*to_latent, "--model", folder / "rnn.keras", error="layer 0, gru (GRU): layer GRU")
    script(
        *to_keras, "--model", file, "--model", file, "--weights", weights, error="expected an --out for each --model"
    )
    script(
        "keras_weights.py",
        "to-keras",
        "--out",
        folder / "x.pt",
        "--model",
        file,
        "--weights",
        weights,
        error="ends with .keras",
    )
    model_in_two_formats = [
        path.name for path in folder.path.iterdir() if "part" in path.name or path.name.startswith("none")
    ]
    assert model_in_two_formats == ["parts.safetensors"], model_in_two_formats
    program = [sys.executable, exchange.SCRIPTS / "keras_weights.py"]
    assert "to-latent" in call(*program, "--help")
    call(*program, "to-latent", "--model", folder / "no.keras", "--weights", weights, error="keras_weights.py: ")


# The least that a layer is made with.
LEAST = {
    "Activation": {"activation": "relu"},
    "AveragePooling1D": {"pool_size": 2},
    "AveragePooling2D": {"pool_size": 2},
    "Conv1D": {"filters": 2, "kernel_size": 2},
    "Conv1DTranspose": {"filters": 2, "kernel_size": 2},
    "Conv2D": {"filters": 2, "kernel_size": 2},
    "Conv2DTranspose": {"filters": 2, "kernel_size": 2},
    "Dense": {"units": 2},
    "DepthwiseConv2D": {"kernel_size": 2},
    "Dropout": {"rate": 0.25},
    "GaussianNoise": {"stddev": 0.25},
    "Permute": {"dims": (2, 1)},
    "Rescaling": {"scale": 0.5},
    "Reshape": {"target_shape": (24, 16)},
    "SeparableConv2D": {"filters": 2, "kernel_size": 2},
    "SpatialDropout1D": {"rate": 0.25},
    "SpatialDropout2D": {"rate": 0.25},
}


def check_every_option():
    """Each option of each layer that the scripts take is understood, or an error with its name and value."""
    import graph_to_cpp
    import keras_graph
    from keras_to_cpp import LAYERS, Unsupported

    checked = 0
    for kind in [*LAYERS, "Concatenate"]:
        if kind == "DenseTranspose":
            continue
        layer = getattr(layers, kind)(**LEAST.get(kind, {}))
        several = kind in graph_to_cpp.JOINS
        x = keras.Input((6, 4) if "1D" in kind or kind == "Permute" else (4, 3, 32))
        layer([x, x] if several else x)
        entry = keras_graph.describe(layer)
        if kind == "LeakyReLU":  # Keras's default is no default of the tables
            entry["config"].setdefault("negative_slope", 0.3)

        def made(config):
            if several:
                return graph_to_cpp.join(kind, config, ["other"], 3)
            return graph_to_cpp.layer({"layer": kind, **config})

        plain = made(entry["config"])
        for key in layer.get_config():
            if keras_graph.is_no_option(key):
                continue
            checked += 1
            for odd in ("an odd value", 7, True, False, ["L2", {"l2": 0.5}]):
                try:
                    changed = made({**entry["config"], key: odd})
                except Unsupported as problem:
                    if (
                        f"{key}=" in str(problem)
                        or (key in str(problem) and str(odd) in str(problem))
                        or str(odd) in str(problem)
                    ):
                        break
                    sys.exit(f"{kind}: {key}={odd!r}: {problem}")
                except (TypeError, ValueError, AttributeError, KeyError):
                    continue  # of a type that Keras does not take there
                if changed != plain:
                    break
            else:
                sys.exit(f"{kind}: {key} is not looked at")
    print(f"{checked} options: understood, or refused by name")


def check_refused(folder):
    """Options that latent lacks, as Keras writes them into a file."""
    image = (8, 8, 4)
    for layer, error in (
        (layers.BatchNormalization(axis=1), "(BatchNormalization): axis=1"),
        (layers.BatchNormalization(renorm=True), "renorm=True"),
        (layers.LayerNormalization(rms_scaling=True), "rms_scaling=True"),
        (layers.GroupNormalization(2, axis=1), "(GroupNormalization): axis=1"),
        (layers.Conv2D(4, 3, dtype="mixed_float16"), "dtype='mixed_float16'"),
        (layers.Conv2D(4, 3, kernel_constraint="non_neg"), "kernel_constraint=['NonNeg', {}]"),
        (layers.UpSampling2D(2, interpolation="bicubic"), "interpolation='bicubic'"),
        (layers.Dropout(0.5, noise_shape=(None, 1, 1, 4)), "noise_shape=(None, 1, 1, 4)"),
        (layers.Conv2D(4, 3, activation="squareplus"), "activation 'squareplus'"),
        (layers.Conv2DTranspose(4, 3, dilation_rate=2), "dilation_rate=(2, 2)"),
        (layers.Softmax(axis=1), "axis=1"),
        (layers.Rescaling([0.5, 1.0, 2.0, 4.0]), "(Rescaling): scale=[0.5, 1.0, 2.0, 4.0]"),
        (layers.Resizing(4, 4), "(Resizing): layer Resizing"),
        (layers.TimeDistributed(layers.Dense(4)), "(TimeDistributed): layer TimeDistributed"),
        (layers.SpectralNormalization(layers.Conv2D(4, 3)), "(SpectralNormalization): layer SpectralNormalization"),
        (layers.ZeroPadding2D(1, data_format="channels_first"), "data_format='channels_first'"),
    ):
        model = keras.Sequential([keras.Input(image), layer, layers.Conv2D(1, 1)])
        model.save(folder / "refused.keras")
        to_latent = ["keras_weights.py", "to-latent", "--model", folder / "refused.keras"]
        script(*to_latent, "--weights", folder / "none.safetensors", error=error)
    x = keras.Input(image)
    always = keras.Model(x, layers.BatchNormalization(name="b")(layers.Dropout(0.5)(x, training=False), training=True))
    always.save(folder / "always.keras")
    to_latent = ["keras_weights.py", "to-latent", "--weights", folder / "none.safetensors", "--model"]
    error = "layer 2, b (BatchNormalization): it is called with training=True"
    script(*to_latent, folder / "always.keras", error=error)
    normalized = keras.Sequential(
        [keras.Input(image), layers.BatchNormalization(axis=3), layers.Resizing(4, 4, name="r")]
    )
    normalized.save(folder / "allowed.keras")
    to_latent = ["keras_weights.py", "to-latent", "--model", folder / "allowed.keras"]
    script(*to_latent, "--ignore", "r", "--weights", folder / "allowed.safetensors")
    script(*to_latent, "--ignore", "s", "--weights", folder / "none.safetensors", error="--ignore s: there are ")
    print("what latent lacks is refused by name")


@keras.saving.register_keras_serializable("tests")
class OfMyOwn(keras.Model):
    def __init__(self, axis=3, **options):
        super().__init__(**options)
        self.axis, self.conv, self.norm = axis, layers.Conv2D(2, 3), layers.BatchNormalization(axis=axis)

    def call(self, x):
        return self.norm(self.conv(x))

    def get_config(self):
        return {**super().get_config(), "axis": self.axis}


def check_subclassed(folder):
    """A model of a class of one's own has layers, and no graph."""
    for axis, error in ((3, None), (1, "(BatchNormalization): axis=1")):
        model = OfMyOwn(axis)
        model(keras.ops.zeros((2, 8, 8, 1)))
        model.save(folder / "own.keras")
        to_latent = [
            "keras_weights.py",
            "to-latent",
            "--model",
            folder / "own.keras",
            "--weights",
            folder / "own.safetensors",
        ]
        script(*to_latent, error=error)
    (folder / "code.py").write_text("import beside_code\n")
    script(*to_latent, "--code", folder / "code.py", error="code.py, line 1: ModuleNotFoundError: No module named 'beside_code'")
    script(*to_latent, "--code", folder / "no.py", error="no.py: no such file")
    (folder / "beside_code.py").write_text("names = ['code']\n")
    script(*to_latent, "--code", folder / "code.py", error="axis=1")
    tensors, _ = latent_weights.read_safetensors(folder / "own.safetensors")
    assert list(tensors)[:3] == ["conv2d/kernel", "conv2d/bias", "batch_normalization/gamma"], tensors.keys()


def check_keras_2(folder):
    """A file of Keras 2 (tf_keras 2.21), which says groups=1 of layers that take no groups in Keras 3."""
    weights = folder / "keras_2.safetensors"
    script("keras_weights.py", "to-latent", "--model", exchange.HERE / "keras_2.h5", "--weights", weights)
    tensors, _ = latent_weights.read_safetensors(weights)
    expected, _ = latent_weights.read_safetensors(exchange.HERE / "keras_2.safetensors")
    assert list(tensors) == list(expected), (list(tensors), list(expected))
    assert all((tensors[name] == expected[name]).all() for name in tensors)
    print("keras_2.h5: as Keras 2 has it")


def main():
    folder = exchange.Folder(pathlib.Path(sys.argv[1]).resolve())
    keras.utils.set_random_seed(1)
    layers.Conv2D(1, 1)  # so that no model's first convolution is called conv2d
    print(f"Keras {keras.__version__}, {os.environ['KERAS_BACKEND']}")
    model, file, _ = both_ways(folder, "autoencoder", ".keras")
    check_parts(folder, model, file)
    both_ways(folder, "generator", ".h5")
    both_ways(folder, "generator", ".keras")
    both_ways(folder, "normalized", ".keras")
    both_ways(folder, "grouped", ".keras")
    _, file, weights = both_ways(folder, "classifier", ".keras")
    check_normalizations(folder)
    check_every_option()
    check_refused(folder)
    check_subclassed(folder)
    check_keras_2(folder)
    check_errors(folder, file, weights)
    print("all is well")


if __name__ == "__main__":
    main()
