#!/usr/bin/env python3
"""Weights from Keras to latent and back.

    keras_weights.py to-latent --model MODEL --weights OUT.safetensors
    keras_weights.py to-keras  --weights IN.safetensors --model MODEL --out OUT

MODEL is a file of model.save(): .keras, or .h5; or of model.save_weights(), .weights.h5, together with --architecture.
OUT is written in the format that its name ends with: .keras, .h5 or .weights.h5.

Layers get the names that latent gives them: those with an automatic name are numbered from the beginning of the model
(conv2d, conv2d_1, ...), those with a name of yours keep it. The layers of nested models are part of one chain, as in
Sequential<Encoder, Decoder>. Give --model (and --out) several times if your model is made of several files, for example
an encoder and a decoder: their layers are numbered through. docs/weights.md says more.

Needs Keras 3 with one of its backends.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import shutil
import tempfile
import zipfile

import latent_weights
from latent_weights import LAYERS, Problem


def import_keras():
    if "KERAS_BACKEND" not in os.environ:
        found = [name for name in ("tensorflow", "torch", "jax") if importlib.util.find_spec(name)]
        if found:
            os.environ["KERAS_BACKEND"] = found[0]
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        import keras
    except ImportError as error:
        raise Problem(
            f"this Python has no Keras 3 with a backend ({error}); pip install keras tensorflow-cpu"
        ) from None
    if keras.__version__.split(".")[0] != "3":
        raise Problem(f"expected Keras 3, received {keras.__version__}")
    return keras


# What Keras 2 wrote down of layers that take no such option, and what it may be there: without a meaning.
KERAS_2_LEFTOVERS = {"groups": 1, "kernel_regularizer": None, "kernel_constraint": None}
WITHOUT_GROUPS = ("Conv1DTranspose", "Conv2DTranspose", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D")


def load_h5(keras, path):
    """Of a file of Keras 2, Keras 3 refuses some options that its own layers do not have any more: a copy without them."""
    import h5py  # comes with Keras

    with h5py.File(path) as file:
        config, version = file.attrs.get("model_config"), str(file.attrs.get("keras_version"))
    if config is None or not version.startswith("2."):
        return keras.saving.load_model(path, compile=False)
    config = json.loads(config)

    def with_input(entry):
        """The first files of Keras 2 have no InputLayer in a Sequential: the first layer says what it reads."""
        layers = entry["config"].get("layers") if entry.get("class_name") == "Sequential" else None
        first = layers[0] if layers else {"class_name": "InputLayer"}
        if first["class_name"] != "InputLayer" and "batch_input_shape" in first.get("config", {}):
            options = {"batch_shape": first["config"].pop("batch_input_shape")}
            layers.insert(0, {"class_name": "InputLayer", "config": options})

    def clean(entry):
        if isinstance(entry, list):
            for inner in entry:
                clean(inner)
        elif isinstance(entry, dict):
            if isinstance(entry.get("config"), dict):
                with_input(entry)
            if entry.get("class_name") in WITHOUT_GROUPS:
                options = entry["config"]
                for key, nothing in KERAS_2_LEFTOVERS.items():
                    if key in options and (key == "groups" or not entry["class_name"].endswith("Transpose")):
                        if options.pop(key) != nothing:
                            raise Problem(f"{path}: {options['name']} ({entry['class_name']}): {key} is not {nothing}")
                if entry["class_name"].startswith("Separable"):
                    options.pop("kernel_initializer", None)
            for inner in entry.values():
                clean(inner)

    clean(config)
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / path.name
        shutil.copyfile(path, copy)
        with h5py.File(copy, "r+") as file:
            file.attrs["model_config"] = json.dumps(config)
        return keras.saving.load_model(copy, compile=False)


def unknown_layers(path):
    """Of a .keras file that cannot be loaded: the layers that latent lacks anyway, each in a line with its place."""
    from graph_to_cpp import JOINS
    from keras_to_cpp import LAYERS as KNOWN

    known = {*KNOWN, *JOINS, "InputLayer", "Sampling", "Sequential", "Functional"}
    try:
        with zipfile.ZipFile(path) as file:
            layers = json.loads(file.read("config.json"))["config"]["layers"]
        places = [(i, layer["config"]["name"], layer["class_name"]) for i, layer in enumerate(layers)]
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, OSError):
        return ""
    return "".join(f"\n  layer {i}, {name} ({kind}): latent lacks it" for i, name, kind in places if kind not in known)


def check_holds_weights(path):
    """Keras fills the layers of model.to_json() with random numbers."""
    if path.suffix == ".json":
        raise Problem(
            f"{path}: holds layers and no weights. Say MODEL.keras or MODEL.h5 of model.save(); or a .weights.h5 of "
            f"model.save_weights() with --architecture {path}"
        )


def load_model(keras, path, architecture):
    """A model, with the weights of `path`; a .json has none."""

    def load(file):
        if not file.exists():
            raise Problem(f"{file}: no such file")
        try:
            if file.suffix == ".json":
                return keras.models.model_from_json(file.read_text(encoding="utf-8"))
            if file.suffix == ".h5":
                return load_h5(keras, file)
            return keras.saving.load_model(file, compile=False)
        except Problem:
            raise
        except Exception as error:  # noqa: BLE001: Keras raises many kinds
            hint = ""
            if "Could not locate" in str(error) or "Unknown layer" in str(error):
                hint = "\nIs there a class or function of your own in it? See --code."
            hint += unknown_layers(file)
            raise Problem(f"{file}: Keras {keras.__version__} cannot load it: {error}{hint}") from None

    weights_alone = path.name.endswith(".weights.h5") or (architecture and path.suffix in (".h5", ".hdf5"))
    if not weights_alone:
        return load(path)
    if architecture is None:
        raise Problem(
            f"{path}: holds weights and no layers; say --architecture MODEL.keras (or .h5, or .json of model.to_json())"
        )
    model = load(architecture)
    try:
        model.load_weights(path)
    except Exception as error:  # noqa: BLE001
        raise Problem(f"{path}: does not fit {architecture}: {error}") from None
    return model


def layers_of(keras, model, prefix="", seen=None):
    """(names of the models around it, layer) for every layer with weights, those of nested models in their place."""
    seen = set() if seen is None else seen
    for layer in model.layers:
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        if isinstance(layer, keras.Model):
            yield from layers_of(keras, layer, f"{prefix}{layer.name}/", seen)
        elif any(variable.name != "seed_generator_state" for variable in layer.weights):
            yield prefix, layer


def check_layers(models, ignored):
    """All that latent has not, or not with that option, is one Problem."""
    import keras_graph  # which imports Keras
    from graph_to_cpp import Unsupported, check_layer

    layers = [layer for model in models for layer in keras_graph.layers_of(model)]
    unknown = set(ignored) - {layer.name for layer in layers}
    if unknown:
        raise Problem(f"--ignore {', '.join(sorted(unknown))}: there are {', '.join(layer.name for layer in layers)}")
    problems = []
    for number, layer in enumerate(layers):
        if layer.name in ignored or keras_graph.is_tied(layer) or type(layer).__name__ == "Sampling":
            continue
        described = keras_graph.describe(layer, functions=True)
        try:
            check_layer(described)
            for key, value in keras_graph.call_options(layer):
                raise Unsupported(f"it is called with {key}={value!r}")
        except Unsupported as problem:
            problems.append(f"layer {number}, {layer.name} ({described['class']}): {problem}")
    if problems:
        raise Problem("latent lacks what the model needs:\n  " + "\n  ".join(problems))


def variables_of(keras, models, keep_names, nested):
    """latent's name -> Keras's variable."""
    found = [entry for model in models for entry in layers_of(keras, model)]
    groups = {}  # numbered apart from each other
    for prefix, layer in found:
        groups.setdefault(prefix if nested else "", []).append(layer)
    variables = {}
    for prefix, layers in groups.items():
        kinds = [type(layer).__name__ for layer in layers]
        for kind, layer in zip(kinds, layers):
            if kind not in LAYERS:
                raise Problem(f"{layer.name} is a {kind} with weights; those latent has are {', '.join(LAYERS)}")
        automatic = [
            not keep_names and latent_weights.is_automatic(kind, layer.name) for kind, layer in zip(kinds, layers)
        ]
        given = [(kind, None if auto else layer.name) for kind, auto, layer in zip(kinds, automatic, layers)]
        for name, layer in zip(latent_weights.unique_names(given), layers):
            variables.update({f"{prefix}{name}/{variable.name}": variable for variable in layer.weights})
    return variables


def summary_of(model):
    lines = []
    model.summary(print_fn=lambda text, **_: lines.append(text))
    return "\n".join(lines)


def to_latent(keras, arguments, models):
    tensors = {}
    for name, variable in variables_of(keras, models, arguments.keep_names, arguments.nested).items():
        array = keras.ops.convert_to_numpy(variable.value)
        tensors[name] = array if array.dtype == "float64" else array.astype("float32")
    latent_weights.write_safetensors(
        arguments.weights,
        tensors,
        {
            "format": "latent",
            "version": "1",
            "written_by": f"keras_weights.py, Keras {keras.__version__}",
            "summary": "\n".join(summary_of(model) for model in models),
        },
    )
    print(f"{arguments.weights}: {len(tensors)} tensors, {sum(t.size for t in tensors.values()):,} numbers")


def to_keras(keras, arguments, models):
    received = latent_weights.read_weights(arguments.weights)
    variables = variables_of(keras, models, arguments.keep_names, arguments.nested)
    latent_weights.check_fits(
        arguments.weights,
        {name: array.shape for name, array in received.items()},
        {name: variable.shape for name, variable in variables.items()},
    )
    for name, variable in variables.items():
        variable.assign(latent_weights.converted(name, received[name], str(variable.dtype)))
    for model, path in zip(models, arguments.out):
        save = model.save_weights if path.name.endswith(".weights.h5") else model.save
        latent_weights.atomically(path, save)
        print(f"{path}: written")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="to-latent | to-keras")
    for command, help_ in (
        ("to-latent", "from a Keras model to a safetensors file"),
        ("to-keras", "from a safetensors file into a Keras model"),
    ):
        sub = commands.add_parser(command, help=help_, description=help_)
        sub.add_argument(
            "--model",
            type=pathlib.Path,
            action="append",
            required=True,
            metavar="MODEL",
            help="a Keras model: .keras, .h5, or .weights.h5 with --architecture"
            + ("" if command == "to-latent" else "; it says which layers there are, and is not changed"),
        )
        sub.add_argument("--weights", type=pathlib.Path, required=True, metavar="FILE.safetensors")
        if command == "to-keras":
            sub.add_argument(
                "--out",
                type=pathlib.Path,
                action="append",
                required=True,
                metavar="OUT",
                help="the model with the new weights: .keras, .h5 or .weights.h5; one for each --model",
            )
        sub.add_argument(
            "--architecture", type=pathlib.Path, metavar="MODEL", help="the layers that a .weights.h5 belongs to"
        )
        sub.add_argument(
            "--nested",
            action="store_true",
            help="names of nested models in front, encoder/conv2d/kernel, each numbered by itself; "
            'in C++: load_weights(path, encoder, {.prefix = "encoder/"})',
        )
        sub.add_argument("--keep-names", action="store_true", help="Keras's names as they are: conv2d_7 stays conv2d_7")
        sub.add_argument(
            "--ignore",
            action="append",
            default=[],
            metavar="LAYER",
            help="a layer without weights that latent lacks, whose work your own program does (Resizing, for example)",
        )
        sub.add_argument(
            "--code",
            type=pathlib.Path,
            metavar="FILE.py",
            help="run first: for classes of your own, decorated with @keras.saving.register_keras_serializable()",
        )
    return parser.parse_args()


def main():
    arguments = parse()
    if arguments.command == "to-keras":
        if len(arguments.out) != len(arguments.model):
            raise Problem(
                f"expected an --out for each --model, received {len(arguments.model)} --model "
                f"and {len(arguments.out)} --out"
            )
        for path in arguments.out:
            if path.suffix not in (".keras", ".h5"):
                raise Problem(f"{path}: expected a name that ends with .keras, .h5 or .weights.h5")
    else:
        for path in arguments.model:
            check_holds_weights(path)
    keras = import_keras()
    if arguments.code:
        latent_weights.run_file(arguments.code, "keras_weights_code")
    models = [load_model(keras, path, arguments.architecture) for path in arguments.model]
    check_layers(models, arguments.ignore)
    (to_latent if arguments.command == "to-latent" else to_keras)(keras, arguments, models)


if __name__ == "__main__":
    latent_weights.run(main)
