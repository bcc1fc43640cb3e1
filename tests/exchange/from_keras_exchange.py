#!/usr/bin/env python3
"""Models that Keras has saved, as networks of latent: Keras's own example auto-encoders, and architectures that are not the
course's. Each becomes a header and weights; a program with all of them compares latent's results with Keras's.

from_keras_exchange.py PROGRAM            PROGRAM is not needed
from_keras_exchange.py PROGRAM --write    and writes tests/io/from_keras, for the tests that have no Keras
"""

import json
import pathlib
import runpy
import shutil
import subprocess
import sys

import exchange
import h5py
from exchange import script

sys.path.insert(0, str(exchange.SCRIPTS))
import keras_weights  # noqa: E402
import latent_model  # noqa: E402
import latent_weights  # noqa: E402

try:
    keras = keras_weights.import_keras()
except latent_weights.Problem as problem:
    exchange.skip(problem)
L = keras.layers
RELU, SAME = {"activation": "relu"}, {"padding": "same"}


# ------------------------------------------------------------- https://blog.keras.io/building-autoencoders-in-keras.html


def dense(*units, **code):
    x = inputs = keras.Input((784,))
    for number, size in enumerate(units):
        x = L.Dense(size, **RELU, **(code if number == len(units) // 2 else {}))(x)
    return keras.Model(inputs, L.Dense(784, activation="sigmoid")(x))


def convolutional():
    x = inputs = keras.Input((28, 28, 1))
    for filters in (16, 8, 8):
        x = L.MaxPooling2D((2, 2), **SAME)(L.Conv2D(filters, (3, 3), **RELU, **SAME)(x))
    for filters, padding in ((8, "same"), (8, "same"), (16, "valid")):
        x = L.UpSampling2D((2, 2))(L.Conv2D(filters, (3, 3), **RELU, padding=padding)(x))
    return keras.Model(inputs, L.Conv2D(1, (3, 3), activation="sigmoid", **SAME)(x))


def denoising():
    x = inputs = keras.Input((28, 28, 1))
    for _ in range(2):
        x = L.MaxPooling2D((2, 2), **SAME)(L.Conv2D(32, (3, 3), **RELU, **SAME)(x))
    for _ in range(2):
        x = L.UpSampling2D((2, 2))(L.Conv2D(32, (3, 3), **RELU, **SAME)(x))
    return keras.Model(inputs, L.Conv2D(1, (3, 3), activation="sigmoid", **SAME)(x))


def recurrent():
    x = inputs = keras.Input((6, 3))
    x = L.RepeatVector(6)(L.LSTM(4)(x))
    return keras.Model(inputs, L.LSTM(3, return_sequences=True)(x))


# ------------------------------------------------------------- https://keras.io/examples/


def vision_autoencoder():
    """vision/autoencoder"""
    x = inputs = keras.Input((28, 28, 1))
    for _ in range(2):
        x = L.MaxPooling2D((2, 2), **SAME)(L.Conv2D(32, (3, 3), **RELU, **SAME)(x))
    for _ in range(2):
        x = L.Conv2DTranspose(32, (3, 3), strides=2, **RELU, **SAME)(x)
    return keras.Model(inputs, L.Conv2D(1, (3, 3), activation="sigmoid", **SAME)(x))


class Sampling(L.Layer):
    """generative/vae"""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs):
        z_mean, z_log_var = inputs
        batch, dim = keras.ops.shape(z_mean)[0], keras.ops.shape(z_mean)[1]
        epsilon = keras.random.normal(shape=(batch, dim), seed=self.seed_generator)
        return z_mean + keras.ops.exp(0.5 * z_log_var) * epsilon


def vae_encoder():
    inputs = keras.Input((28, 28, 1))
    x = L.Conv2D(32, 3, strides=2, **RELU, **SAME)(inputs)
    x = L.Conv2D(64, 3, strides=2, **RELU, **SAME)(x)
    x = L.Dense(16, **RELU)(L.Flatten()(x))
    z_mean, z_log_var = L.Dense(2, name="z_mean")(x), L.Dense(2, name="z_log_var")(x)
    return keras.Model(inputs, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])], name="encoder")


def vae_decoder():
    inputs = keras.Input((2,))
    x = L.Reshape((7, 7, 64))(L.Dense(7 * 7 * 64, **RELU)(inputs))
    x = L.Conv2DTranspose(64, 3, strides=2, **RELU, **SAME)(x)
    x = L.Conv2DTranspose(32, 3, strides=2, **RELU, **SAME)(x)
    return keras.Model(inputs, L.Conv2DTranspose(1, 3, activation="sigmoid", **SAME)(x), name="decoder")


def anomalies():
    """timeseries/timeseries_anomaly_detection"""
    return keras.Sequential(
        [
            keras.Input((288, 1)),
            L.Conv1D(32, 7, strides=2, **RELU, **SAME),
            L.Dropout(0.2),
            L.Conv1D(16, 7, strides=2, **RELU, **SAME),
            L.Conv1DTranspose(16, 7, strides=2, **RELU, **SAME),
            L.Dropout(0.2),
            L.Conv1DTranspose(32, 7, strides=2, **RELU, **SAME),
            L.Conv1DTranspose(1, 7, **SAME),
        ]
    )


# ------------------------------------------------------------- others


def unet():
    inputs = keras.Input((16, 16, 3))
    a = L.Conv2D(4, 3, **RELU, **SAME)(inputs)
    b = L.Conv2D(8, 3, **RELU, **SAME)(L.MaxPooling2D()(a))
    c = L.Conv2D(16, 3, **RELU, **SAME)(L.MaxPooling2D()(b))
    d = L.Conv2D(8, 3, **RELU, **SAME)(L.Concatenate()([b, L.Conv2DTranspose(8, 2, strides=2, **SAME)(c)]))
    e = L.Conv2D(4, 3, **RELU, **SAME)(L.Concatenate()([a, L.Conv2DTranspose(4, 2, strides=2, **SAME)(d)]))
    return keras.Model(inputs, L.Conv2D(3, 1, activation="softmax")(e))


def residual():
    x = inputs = keras.Input((12, 12, 3))
    x = L.Conv2D(8, 3, use_bias=False, **SAME)(x)
    for strides in (1, 2):
        short = L.Conv2D(8, 1, strides=strides, use_bias=False)(x) if strides > 1 else x
        y = L.ReLU()(L.BatchNormalization()(L.Conv2D(8, 3, strides=strides, use_bias=False, **SAME)(x)))
        y = L.BatchNormalization(epsilon=1e-5)(L.Conv2D(8, 3, use_bias=False, **SAME)(y))
        x = L.Activation("relu")(y + short)
    return keras.Model(inputs, L.Dense(10, activation="softmax")(L.GlobalAveragePooling2D()(x)))


def mobile():
    x = inputs = keras.Input((15, 15, 3))
    x = L.ReLU(6.0)(L.BatchNormalization()(L.Conv2D(8, 3, strides=2, use_bias=False, **SAME)(x)))
    y = L.ReLU(6.0)(L.Conv2D(24, 1)(x))
    y = L.DepthwiseConv2D(3, use_bias=False, **SAME)(y)
    x = L.Add()([x, L.Conv2D(8, 1)(L.BatchNormalization()(y))])
    x = L.DepthwiseConv2D(3, strides=2, depth_multiplier=2)(L.ZeroPadding2D(((0, 1), (0, 1)))(x))
    return keras.Model(inputs, L.Dense(4)(L.Dropout(0.3)(L.GlobalMaxPooling2D()(x))))


def separable():
    return keras.Sequential(
        [
            keras.Input((14, 10, 2)),
            L.SeparableConv2D(6, 3, depth_multiplier=2, **SAME),
            L.ELU(),
            L.SeparableConv2D(4, (3, 5), strides=2, activation="gelu", **SAME),
            L.AveragePooling2D(3, strides=2, **SAME),
            L.Cropping2D(((1, 0), (0, 1))),
            L.Flatten(),
            L.Dense(3, activation="tanh"),
        ]
    )


def squeeze():
    inputs = keras.Input((8, 8, 6))
    x = L.Conv2D(8, 3, activation="silu", **SAME)(inputs)
    gate = L.GlobalAveragePooling2D(keepdims=True)(x)
    gate = L.Conv2D(8, 1, activation="sigmoid")(L.Conv2D(2, 1, **RELU)(gate))
    x = L.Multiply()([x, gate])
    return keras.Model(inputs, L.Conv2D(1, 1, activation="hard_sigmoid")(L.LayerNormalization()(x)))


def inception():
    inputs = keras.Input((10, 10, 4))
    branches = [
        L.Conv2D(3, 1, **RELU)(inputs),
        L.Conv2D(4, 3, **RELU, **SAME)(L.Conv2D(2, 1, **RELU)(inputs)),
        L.Conv2D(2, 5, **RELU, **SAME)(L.Conv2D(2, 1, **RELU)(inputs)),
        L.Conv2D(2, 1, **RELU)(L.MaxPooling2D(3, strides=1, **SAME)(inputs)),
    ]
    x = L.Concatenate()(branches)
    low, high = L.Dense(2, name="low")(L.GlobalAveragePooling2D()(x)), L.Conv2D(1, 3, name="high")(x)
    return keras.Model(inputs, {"low": low, "high": high})


def siamese():
    left, right = keras.Input((20,), name="left"), keras.Input((20,), name="right")
    eye = keras.Sequential([keras.Input((20,)), L.Dense(8, activation="selu"), L.Dense(4, activation="softsign")])
    difference = L.Subtract()([eye(left), eye(right)])
    return keras.Model([left, right], L.Dense(1, activation="sigmoid")(L.Average()([difference, L.Dense(4)(left)])))


def sequence():
    x = inputs = keras.Input((24, 3))
    x = L.Conv1D(8, 5, padding="causal", dilation_rate=2, **RELU)(x)
    x = L.MaxPooling1D(2)(L.Conv1D(6, 3, groups=2, activation="softplus", **SAME)(x))
    x = L.Conv1D(2, 3, activation="exponential")(L.UpSampling1D(2)(x))
    return keras.Model(inputs, L.Flatten()(L.Permute((2, 1))(x)))


def classified_sequence():
    x = inputs = keras.Input((24, 3))
    x = L.AveragePooling1D(2)(L.SpatialDropout1D(0.2)(L.Conv1D(8, 5, **RELU)(L.ZeroPadding1D((2, 1))(x))))
    x = L.Conv1DTranspose(4, 4, strides=2, output_padding=1)(L.Cropping1D((0, 2))(x))
    highest, mean = L.GlobalMaxPooling1D()(x), L.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, L.Dense(5, activation="softmax")(L.Concatenate()([highest, mean])))


def pictures_of_0_to_255():
    x = inputs = keras.Input((12, 12, 3))
    x = L.Conv2D(4, 3, strides=2, **RELU, **SAME)(L.Rescaling(1 / 127.5, offset=-1)(x))
    x = L.Conv2DTranspose(3, 3, strides=2, activation="sigmoid", **SAME)(x)
    return keras.Model(inputs, L.Rescaling(255)(x))


def two_sessions():
    """Of an encoder and a decoder, each made in a new session: both have a layer called dense."""
    parts = []
    for name, units in (("encoder", (6, 3)), ("decoder", (3, 6))):
        keras.backend.clear_session()
        parts.append(keras.Sequential([keras.Input(units[:1]), L.Dense(5, "relu"), L.Dense(units[1])], name=name))
    return keras.Sequential(parts)


def functions():
    """Of numbers, and activations that are called: layers, for latent."""
    inputs = keras.Input((6, 6, 2))
    x = keras.activations.leaky_relu(L.Conv2D(3, 3)(inputs / 127.5 - 1), 0.1)
    x = keras.activations.relu(keras.activations.elu(keras.activations.softmax(x)), max_value=6.0)
    x = keras.activations.gelu(keras.ops.gelu(x, approximate=False), approximate=True)
    x = keras.ops.hard_silu(L.Activation("mish")(x)) + keras.ops.hard_tanh(keras.ops.log_sigmoid(x))
    y = keras.ops.tanh(2 * L.Dense(4, activation=L.Activation("softplus"))(-L.Identity()(x)))
    return keras.Model(inputs, keras.ops.exp(1 - keras.ops.sigmoid(L.Dense(4)(y) * y + 0.5)))


def super_resolution():
    x = inputs = keras.Input((7, 9, 3))
    x = L.PReLU(shared_axes=[1, 2])(L.Conv2D(8, 5, **SAME)(x))
    x = L.GroupNormalization(4)(L.Conv2D(8, 3, dilation_rate=2, **SAME)(x))
    x = L.UpSampling2D(2, interpolation="bilinear")(L.LeakyReLU(0.1)(x))
    return keras.Model(inputs, L.ReLU(max_value=1.0)(L.Conv2D(3, 3, activation=L.LeakyReLU(0.2), **SAME)(x)))


def mixer():
    x = inputs = keras.Input((16, 6))
    y = L.LayerNormalization(epsilon=1e-6)(x)
    y = L.Permute((2, 1))(L.Dense(16, activation="gelu")(L.Permute((2, 1))(y)))
    x = L.Add()([x, y])
    x = L.Add()([x, L.Dense(6)(L.Dense(12, activation="gelu")(L.LayerNormalization(axis=[1, 2])(x)))])
    return keras.Model(inputs, L.Softmax()(L.Dense(5)(L.Flatten()(x))))


def nested():
    encoder = keras.Sequential(
        [keras.Input((12, 12, 1)), L.Conv2D(4, 3, **RELU, **SAME), L.MaxPooling2D(2)], name="encoder"
    )
    decoder = keras.Sequential(
        [keras.Input((6, 6, 4)), L.UpSampling2D(2), L.Conv2D(1, 3, activation="sigmoid", **SAME)], name="decoder"
    )
    return keras.Sequential([encoder, decoder])


MODELS = {
    "simple": lambda: dense(32),
    "sparse": lambda: dense(32, activity_regularizer=keras.regularizers.l1(10e-5)),
    "deep": lambda: dense(128, 64, 32, 64, 128),
    "convolutional": convolutional,
    "denoising": denoising,
    "vision_autoencoder": vision_autoencoder,
    "vae_encoder": vae_encoder,
    "vae_decoder": vae_decoder,
    "unet": unet,
    "residual": residual,
    "mobile": mobile,
    "separable": separable,
    "squeeze": squeeze,
    "inception": inception,
    "siamese": siamese,
    "sequence": sequence,
    "anomalies": anomalies,
    "classified_sequence": classified_sequence,
    "pictures_of_0_to_255": pictures_of_0_to_255,
    "functions": functions,
    "super_resolution": super_resolution,
    "mixer": mixer,
    "nested": nested,
    "mobile_net": lambda: keras.applications.MobileNetV2((32, 32, 3), alpha=0.35, weights=None, classes=10),  # 156 layers
    "two_sessions": two_sessions,  # the last: automatic names begin anew in a session
}
AS_H5 = ("deep", "separable")
SHIPPED = ("siamese", "sequence")

# What a person would write.
HEADERS = {
    "convolutional": """
using Convolutional = Sequential<Input<28, 28, 1>, Conv2D<16, 3, Same, ReLU>, MaxPooling2D<2, Same>,
                                 Conv2D<8, 3, Same, ReLU>, MaxPooling2D<2, Same>, Conv2D<8, 3, Same, ReLU>,
                                 MaxPooling2D<2, Same>, Conv2D<8, 3, Same, ReLU>, UpSampling2D<2>,
                                 Conv2D<8, 3, Same, ReLU>, UpSampling2D<2>, Conv2D<16, 3, ReLU>,
                                 UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>;
""",
    "nested": """
using NestedModelEncoder = Sequential<Input<12, 12, 1>, Conv2D<4, 3, Same, ReLU>, MaxPooling2D<2>>;
using NestedModelDecoder = Sequential<Input<6, 6, 4>, UpSampling2D<2>, Conv2D<1, 3, Same, Sigmoid>>;
using NestedModel = Sequential<NestedModelEncoder, NestedModelDecoder>;
""",
    "vae_encoder": """
using VaeEncoder = Sequential<Input<28, 28, 1>, Conv2D<32, 3, Same, Strides<2>, ReLU>,
                              Conv2D<64, 3, Same, Strides<2>, ReLU>, Flatten,
                              Named<"branch_1", Dense<16, ReLU>>, Named<"z_mean", Dense<2>>, From<"branch_1">,
                              Named<"z_log_var", Dense<2>>, Named<"output_1", Sampling<>>,
                              Outputs<"z_mean", "z_log_var", "output_1">>;
""",
}


def unlike_a_fresh_one(model):
    """Weights that are not 0 and 1."""
    for number, variable in enumerate(model.variables):
        if variable.dtype == "float32" and len(variable.shape) < 3:
            noise = keras.random.uniform(variable.shape, -0.2, 0.2, seed=number)
            variable.assign(variable + (noise if "variance" not in variable.name else keras.ops.abs(noise)))


def build(folder, names):
    """One program for all."""
    lines = ["#include <iostream>", *(f'#include "{name}.hpp"' for name in names), "int main() try {"]
    for name in names:
        made = latent_model_name(name)
        lines += [
            "  {",
            f"    models::{made} model;",
            f'    latent::load_weights("{folder / name}.safetensors", model, {{.verify_on_load = true}});',
            f'    std::cout << "{name}: computes what Keras computes\\n";',
            "  }",
        ]
    lines += ["} catch (const std::exception& error) {", "  std::cout << error.what();", "  return 1;", "}"]
    (folder / "all.cpp").write_text("\n".join(lines) + "\n")
    subprocess.run([*latent_model.compiler(), "-O0", str(folder / "all.cpp"), "-o", str(folder / "all")], check=True)
    done = subprocess.run([str(folder / "all")], capture_output=True, text=True, check=False)
    print(done.stdout, end="")
    if done.returncode != 0 or done.stdout.count("computes what Keras computes") != len(names):
        sys.exit(done.stderr or "failed")


def latent_model_name(stem):
    import keras_header

    return keras_header.type_name(stem)


def from_keras(folder, file, *options, error=None):
    script("latent_model.py", "from-keras", file, "--out", folder.path, *options, error=error)


OWN_DENSE = """
import keras


@keras.saving.register_keras_serializable("own")
class Dense(keras.layers.Dense):
    def call(self, inputs):
        return 2 * super().call(inputs)
"""


NO_NUMBERS = """import keras

symbolic = keras.layers.Dense.call
def call(self, x, training=None):
    if not isinstance(x, keras.KerasTensor):
        keras.layers.Dense.call = symbolic
        raise ArithmeticError("not with numbers")
    return symbolic(self, x, training)
keras.layers.Dense.call = call
"""


def check_lacking(folder):
    """What latent lacks is named with its place."""
    x = keras.Input((None, None, 1))
    lacking = {
        "recurrent": (recurrent(), "layer 1, lstm (LSTM): layer LSTM"),
        "also_recurrent": (recurrent(), "layer 2, repeat_vector_1 (RepeatVector): layer RepeatVector"),
        "dilated": (
            keras.Sequential([keras.Input((8, 2)), L.Conv1DTranspose(1, 3, dilation_rate=2, name="d")]),
            "layer 0, d (Conv1DTranspose): dilation_rate=",
        ),
        "scaled": (
            keras.Sequential([keras.Input((2,)), L.Dense(2), L.Rescaling([2.0, 3.0], name="twice")]),
            "layer 1, twice (Rescaling): scale=[2.0, 3.0]",
        ),
        "resized": (
            keras.Sequential([keras.Input((4, 4, 1)), L.Resizing(2, 2, name="half")]),
            "layer 0, half (Resizing): layer Resizing",
        ),
        "quoted": (keras.Sequential([keras.Input((4,)), L.Dense(2, name='a"b')]), "which cannot be written in C++"),
        "any_size": (keras.Model(x, L.Conv2D(1, 3)(x)), "inputs of the shape (None, None, 1)"),
        "rooted": (
            keras.Model(y := keras.Input((4,)), keras.ops.sqrt(L.Dense(2)(y))),
            "(keras.ops, Sqrt): layer keras.ops, Sqrt",
        ),
        "divided": (
            keras.Model(y := keras.Input((4,)), 2 / L.Dense(2)(y)),
            "(keras.ops, TrueDivide): layer keras.ops, TrueDivide",
        ),
        "scaled_by_an_array": (
            keras.Model(y := keras.Input((4,)), L.Dense(2)(y) * keras.ops.convert_to_tensor([1.0, 2.0])),
            "(keras.ops, Multiply): layer keras.ops, Multiply",
        ),
    }
    keras.Sequential([L.Dense(2)]).save(folder / "unbuilt.keras")
    from_keras(folder, folder / "unbuilt.keras", error="(Sequential) says nothing of who reads what")
    y = keras.Input((3,))
    keras.Model(y, L.Lambda(lambda of: of)(y)).save(folder / "lambda.keras")
    from_keras(folder, folder / "lambda.keras", error="layer 1, lambda (Lambda): latent lacks it")
    # A layer of one's own that is called like one of Keras's, and computes something else.
    code = folder / "own_layer.py"
    code.write_text(OWN_DENSE)
    own = runpy.run_path(str(code))["Dense"](2, name="d")
    keras.Sequential([keras.Input((4,)), own]).save(folder / "own.keras")
    from_keras(folder, folder / "own.keras", "--code", code, error="layer 0, d (Dense of latent_model_code)")
    # A model that Keras builds and cannot compute, as some of its convolutions on some backends.
    code = folder / "no_numbers.py"
    code.write_text(NO_NUMBERS)
    keras.Sequential([keras.Input((4,)), L.Dense(2)]).save(folder / "no_numbers.keras")
    error = (
        "Keras itself cannot run this model on inputs of (4, 4): ArithmeticError: "
        "Exception encountered when calling Dense.call(). not with numbers"
    )
    from_keras(folder, folder / "no_numbers.keras", "--code", code, error=error)
    for name, (model, error) in lacking.items():
        model.save(folder / f"{name}.keras")
        from_keras(folder, folder / f"{name}.keras", error=error)
        assert not (folder / f"{name}.hpp").exists()


def check_first_keras_2(folder):
    """A file of a Sequential without an InputLayer, whose first layer says what it reads."""
    model = keras.Sequential([keras.Input((4,)), L.Dense(3, "relu", name="a\tb"), L.Dense(2)])
    unlike_a_fresh_one(model)
    model.save(folder / "first.h5")
    with h5py.File(folder / "first.h5", "r+") as file:
        config = json.loads(file.attrs["model_config"])
        config["config"]["layers"].pop(0)
        config["config"]["layers"][0]["config"]["batch_input_shape"] = [None, 4]
        file.attrs["model_config"], file.attrs["keras_version"] = json.dumps(config), "2.1.6-tf"
    from_keras(folder, folder / "first.h5")
    assert 'Input<4>, Named<"a\tb", Dense<3, ReLU>>' in (folder / "first.hpp").read_text(), (folder / "first.hpp").read_text()


def check_weights_beside(folder):
    """Layers of model.to_json() have no weights; those of model.save_weights() belong to them."""
    model = keras.Sequential([keras.Input((3,)), L.Dense(2)])
    unlike_a_fresh_one(model)
    (folder / "beside.json").write_text(model.to_json())
    model.save_weights(folder / "beside.weights.h5")
    from_keras(folder, folder / "beside.json", error="beside.json: holds layers and no weights. Say MODEL.keras")
    from_keras(folder, folder / "beside.weights.h5", error="say --architecture MODEL.keras")
    from_keras(folder, folder / "beside.weights.h5", "--architecture", folder / "beside.json")
    tensors, _ = latent_weights.read_safetensors(folder / "beside.safetensors")
    assert (tensors["dense/kernel"] == keras.ops.convert_to_numpy(model.layers[0].kernel)).all()
    for name in ("w.05-0.25", "w.06-0.24"):  # as a ModelCheckpoint calls its files: each has its own header
        model.save(folder / f"{name}.keras")
        from_keras(folder, folder / f"{name}.keras")
        assert (folder / f"{name.replace('.', '_').replace('-', '_')}.hpp").exists()


def main():
    arguments, folder = sys.argv[2:], exchange.Folder(pathlib.Path(sys.argv[1]).resolve())
    keras.utils.set_random_seed(1)
    for name, make in MODELS.items():
        model = make()
        unlike_a_fresh_one(model)
        file = folder / f"{name}{'.h5' if name in AS_H5 else '.keras'}"
        model.save(file)
        from_keras(folder, file)
    from_keras(folder, exchange.HERE / "keras_2.h5", "--name", "keras_2")
    for name, expected in HEADERS.items():
        header = (folder / f"{name}.hpp").read_text()
        if expected not in header:
            sys.exit(f"{name}: expected{expected}received\n{header}")
    if "--write" in arguments:
        for name in SHIPPED:
            for ending in (".hpp", ".safetensors"):
                shutil.copy(folder / f"{name}{ending}", exchange.HERE.parent / "io" / "from_keras")
    for name in SHIPPED:
        if (folder / f"{name}.hpp").read_text() != (
            exchange.HERE.parent / "io" / "from_keras" / f"{name}.hpp"
        ).read_text():
            sys.exit(f"tests/io/from_keras/{name}.hpp is not what is written today; --write writes it anew")
    check_lacking(folder)
    check_first_keras_2(folder)
    check_weights_beside(folder)
    build(folder.path, [*MODELS, "keras_2"])
    print("all is well")


if __name__ == "__main__":
    main()
