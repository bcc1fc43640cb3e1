"""A file of latent's save_model: the architecture as Keras's configuration, the weights by layer, and the samples with what
the model made of them, if there are any. For latent_model.py."""

import collections
import json
import math
import re

import latent_weights
import numpy as np
from latent_weights import Problem

# One layer: Keras's class and options; for each of its calls the values that it reads, each (layer's name, its call).
Layer = collections.namedtuple("Layer", "name kind options reads")


class ModelFile:
    def __init__(self, path):
        self.path = path
        tensors, metadata = latent_weights.read_safetensors(path)
        if "keras_config" not in metadata:
            raise Problem(
                f"{path}: does not say what the model's layers are. Write it by save_model(path, model), or with samples "
                "to compare with by save_model(path, model, x); save_weights writes weights alone"
            )
        try:
            self.text = metadata["keras_config"]
            self.config = json.loads(self.text)
            self.name = self.config["config"]["name"]
            check_harmless(self.name, "name")
            self.layers, self.inputs, self.outputs = read_config(self.config)
        except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
            raise Problem(f"{path}: keras_config in its metadata is no model: {error!r}") from None
        self.weights, self.given, self.expected = split(tensors)
        # A model need not have weights that would say it.
        self.dtype = np.dtype("float64" if self.layers[0].options.get("dtype") == "float64" else "float32")

    def samples(self):
        return self.given, self.expected

    def by_name(self):
        return {layer.name: layer for layer in self.layers}

    def description(self):
        """As graph_to_cpp.py wants it. Of the shapes it needs those of Inputs and Reshapes, and how many axes the others have."""
        ranks, entries = {}, []
        for layer in self.layers:
            options, kind = layer.options, layer.kind
            if kind in ("InputLayer", "Reshape"):
                shape = options["batch_shape"][1:] if kind == "InputLayer" else options["target_shape"]
            elif kind in ("Flatten", "GlobalAveragePooling2D", "GlobalMaxPooling2D"):
                shape = [None] * (3 if options.get("keepdims") else 1)
            else:
                shape = [None] * max(ranks[value[0]] for value in layer.reads[0])
            ranks[layer.name] = len(shape)
            inbound = [[[*value, 0] for value in reads] for reads in layer.reads] or [[]]
            config = {key: plain(value) for key, value in options.items() if not is_no_option(key)}
            entries.append(
                {"name": layer.name, "class": kind, "config": config, "output_shape": shape, "inbound": inbound}
            )
        outputs = [[*value, 0] for value in self.outputs]
        return {"inputs": [name for name, _ in self.inputs], "outputs": outputs, "layers": entries}

    def compare(self, what, predict):
        """Whether predict(inputs) gives what latent gave, to 1e-5 of the largest number (or of 1)."""
        outputs = predict(self.given)
        worst = 0
        for value, made, expected in zip(self.outputs, outputs, self.expected, strict=True):
            made = np.asarray(made)
            if made.shape != expected.shape:
                raise Problem(f"{what}: {value[0]}: expected the shape {expected.shape}, received {made.shape}")
            error = np.abs(made - expected).max() / max(1, np.abs(expected).max())
            if not error <= 1e-5:
                raise Problem(f"{what}: {value[0]} is off by {error:.1e} of the largest number, allowed 1e-5")
            worst = max(worst, error)
        return f"{what}: as latent on {len(self.given[0])} samples, largest difference {worst:.1e}"


def is_no_option(key):
    return key in ("name", "trainable", "dtype", "batch_shape", "beta") or key.endswith("_initializer")


def plain(value):
    """A regularizer or an activation that is an object: its class and options."""
    return [value["class_name"], value["config"]] if isinstance(value, dict) else value


def split(tensors):
    """The weights; the samples for each input; what the model made of them, for each output."""
    weights, samples = {}, {"verify/input/": [], "verify/output/": []}
    for name, array in tensors.items():
        kind = next((kind for kind in samples if name.startswith(kind)), None)
        if kind:
            samples[kind].append((int(name.removeprefix(kind)), array))
        else:
            weights[name] = array
    inputs, outputs = ([array for _, array in sorted(of, key=lambda pair: pair[0])] for of in samples.values())
    return weights, inputs, outputs


def check_harmless(value, what):
    """Options become code, in C++ and in Python: numbers and words are all that they may be. ValueError if not."""
    if isinstance(value, dict):
        for key, inner in value.items():
            check_harmless(inner, key)
    elif isinstance(value, list):
        for inner in value:
            check_harmless(inner, what)
    elif isinstance(value, str):
        # Names of the user's may have more in them; they only ever stand in quotes.
        if not re.fullmatch(r'[^"\\\x00-\x1f]*' if what in ("name", "dense") else r"[\w.>-]*", value):
            raise ValueError(f"{what} is {value!r}")
    elif not (value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value))):
        raise ValueError(f"{what} is {value!r}")


def read_config(config):
    """The layers, and the values that go in and come out."""
    layers, chain = [], config["class_name"] == "Sequential"
    for entry in config["config"]["layers"]:
        check_harmless([entry["class_name"], entry["config"]], "class_name")
        name, reads = entry["config"]["name"], []
        if chain and layers:
            reads = [[(layers[-1].name, 0)]]
        for node in entry.get("inbound_nodes", []):
            tensors = node["args"][0] if isinstance(node["args"][0], list) else node["args"]
            reads.append([tuple(tensor["config"]["keras_history"][:2]) for tensor in tensors])
        layers.append(Layer(name, entry["class_name"], entry["config"], reads))
    if chain:
        return layers, [(layers[0].name, 0)], [(layers[-1].name, 0)]
    of = config["config"]
    return layers, *([tuple(value[:2]) for value in of[key]] for key in ("input_layers", "output_layers"))
