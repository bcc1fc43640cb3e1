"""Writes down what Keras computes with your models and layers, for scripts/verify_against_keras.sh.

    import sys; sys.path.append("latent/scripts")
    from keras_reference import Reference

    reference = Reference("my_reference")
    reference.add_model("my_model", model, "binary_crossentropy", "adam", x, y)
    reference.add_layer("layers/conv2d", "5x5", keras.layers.Conv2D(4, 3, dilation_rate=2), x)
    reference.write()

Everything is computed in float64 on copies; your model is not changed. Needs Keras 3 with TensorFlow, and NumPy.
docs/verify_against_keras.md describes the files.
"""

import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import latent_weights  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

# What of a layer's configuration decides about what it computes.
KEYS = (
    "filters",
    "units",
    "kernel_size",
    "pool_size",
    "strides",
    "size",
    "padding",
    "dilation_rate",
    "output_padding",
    "groups",
    "depth_multiplier",
    "data_format",
    "interpolation",
    "cropping",
    "target_shape",
    "dims",
    "activation",
    "negative_slope",
    "max_value",
    "threshold",
    "alpha",
    "shared_axes",
    "use_bias",
    "activity_regularizer",
    "kernel_regularizer",
    "bias_regularizer",
    "depthwise_regularizer",
    "pointwise_regularizer",
    "alpha_regularizer",
    "gamma_regularizer",
    "beta_regularizer",
    "kernel_constraint",
    "bias_constraint",
    "depthwise_constraint",
    "pointwise_constraint",
    "alpha_constraint",
    "axis",
    "momentum",
    "epsilon",
    "center",
    "scale",
    "keepdims",
    "rate",
    "l1",
    "l2",
)
OPTIMIZER_KEYS_LEFT_OUT = {"name", "loss_scale_factor", "gradient_accumulation_steps", "ema_overwrite_frequency"}


class Reference:
    """A folder of references; write() at the end."""

    def __init__(self, folder, seed=1):
        if keras.backend.backend() != "tensorflow":
            raise RuntimeError(
                f"expected Keras with TensorFlow, received {keras.backend.backend()}; set KERAS_BACKEND=tensorflow"
            )
        self.folder, self.random = pathlib.Path(folder), np.random.default_rng(seed)
        self.files, self.batches = {}, {}

    def add_layer(self, group, name, layer, x):
        """A layer forward and backward on the inputs x; `group` is such as layers/conv2d, `name` anything.

        Of a layer with a state that training changes (BatchNormalization), also what it gives at inference with the
        state before, and the state after.
        """
        layer = type(layer).from_config(in_float64(layer.get_config()))
        x = tf.Variable(exact(x))
        layer.build(x.shape)
        for variable in layer.weights:
            fan_in = np.prod(variable.shape[:-1]) if variable.name == "kernel" else 1
            values = self.random.normal(scale=fan_in**-0.5, size=variable.shape)
            if variable.name.endswith("variance"):
                values = 0.5 + np.abs(values)
            variable.assign(exact(values))
        state = layer.non_trainable_variables
        tensors = {"x": x, **{v.name: v.numpy() for v in layer.weights}}
        if state:
            tensors["y_inference"] = layer(x, training=False)
        with tf.GradientTape() as tape:
            y = layer(x, training=True)
            dy = exact(self.random.normal(size=y.shape))
            objective = tf.reduce_sum(y * dy)
        variables = layer.trainable_variables
        dx, *gradients = tape.gradient(objective, [x, *(v.value for v in variables)])
        tensors.update({"y": y, "dy": dy, "dx": dx})
        tensors.update({f"d{v.name}": gradient for v, gradient in zip(variables, gradients)})
        tensors.update({f"{v.name}_after": v.numpy() for v in state})
        self._add(group, name, {"layer": type(layer).__name__, **resolved(layer)}, tensors)

    def add_model(self, name, model, loss, optimizer, x, y, steps=10):
        """`steps` steps of training on the samples x with targets y, an equal share in each. For chains of layers."""
        loss, optimizer = in_doubles(keras.losses.get(loss)), in_doubles(keras.optimizers.get(optimizer))
        size = len(x) // steps
        if size < 1 or len(x) != len(y):
            raise ValueError(f"{name}: {len(x)} inputs and {len(y)} targets for {steps} steps")
        x, y = exact(x[: size * steps]), exact(y[: size * steps])
        fresh = type(model).from_config(model.get_config())  # not compiled: its summary has no line about an optimizer
        summaries = {columns: summary(fresh, columns) for columns in (80, 120)}
        twin = type(model).from_config(in_float64(model.get_config()))
        for variable, original in zip(twin.variables, model.variables):
            variable.assign(exact(original) if original.dtype.startswith("float") else original)
        variables = {f"{layer.name}/{v.name}": v for layer in layers_of(twin) for v in layer.trainable_variables}
        if len(variables) != len(twin.trainable_variables):
            raise ValueError(f"{name}: two layers have one name")
        state = {  # moving means
            f"{layer.name}/{v.name}": v
            for layer in layers_of(twin)
            for v in layer.non_trainable_variables
            if v.dtype == "float64"
        }
        tensors = {f"initial/{key}": v.numpy() for key, v in {**variables, **state}.items()}
        tensors["prediction"] = twin(x[: min(4, size)], training=False)
        losses = []
        for step in range(steps):
            rows = slice(step * size, (step + 1) * size)
            with tf.GradientTape() as tape:
                value = loss(y[rows], twin(x[rows], training=True)) + sum(twin.losses)
            gradients = tape.gradient(value, [v.value for v in variables.values()])
            if step == 0:
                tensors.update({f"gradient/{key}": gradient for key, gradient in zip(variables, gradients)})
            optimizer.apply(gradients, list(variables.values()))
            losses.append(float(value))
        tensors.update({f"final/{key}": v.numpy() for key, v in {**variables, **state}.items()}, losses=losses)
        self.batches.update({f"{name}_x": x, f"{name}_y": y})
        config = {
            "model": model.name,
            "api": type(model).__name__,
            "input_shape": list(x.shape[1:]),
            "parameters": twin.count_params(),
            "loss": {**loss.get_config(), "name": type(loss).__name__},
            "data": {"input": f"{name}_x", "target": f"{name}_y"},
            "layers": [describe(layer) for layer in layers_of(twin)],
            "optimizer": {
                "optimizer": type(optimizer).__name__,
                **{k: v for k, v in optimizer.get_config().items() if k not in OPTIMIZER_KEYS_LEFT_OUT},
            },
        }
        rate = config["optimizer"]["learning_rate"]
        if isinstance(rate, dict):
            config["optimizer"]["learning_rate"] = {"schedule": rate["class_name"], **rate["config"]}
        self._add(f"models/{name}", None, config, tensors)
        # A summary is compared where there is one: not of nested models, which are one chain here.
        if layers_of(model) == list(model.layers):
            for columns, file in ((80, "summary80.txt"), (120, "summary.txt")):
                self._write_text(self.folder / "models" / f"{name}.{file}", summaries[columns])

    def write(self):
        if self.batches:
            self._add("models/batches", None, {}, self.batches)
        for group, (description, tensors) in self.files.items():
            file = self.folder / f"{group}.safetensors"
            latent_weights.write_safetensors(file, tensors, {"keras": keras.__version__})
            text = json.dumps({"keras": keras.__version__, **description}, indent=1, default=float)
            self._write_text(file.with_suffix(".json"), text + "\n")

    def _add(self, group, name, config, tensors):
        arrays = {key: np.asarray(keras.ops.convert_to_numpy(value), np.float64) for key, value in tensors.items()}
        case = {
            "case": name or group.split("/")[1],
            "config": config,
            "tensors": {k: list(v.shape) for k, v in arrays.items()},
        }
        if name is None:
            self.files[group] = ({"group": "models", **case}, arrays)
            return
        description, all_arrays = self.files.setdefault(group, ({"group": group, "cases": []}, {}))
        if any(entry["case"] == name for entry in description["cases"]):
            raise ValueError(f"{group}: two cases are named {name}")
        description["cases"].append(case)
        all_arrays.update({f"{name}/{key}": value for key, value in arrays.items()})

    @staticmethod
    def _write_text(path, text):
        latent_weights.atomically(path, lambda temporary: temporary.write_text(text))


def exact(values):
    """Float64 numbers that float32 holds exactly, so that code in float starts from the same."""
    return np.asarray(values).astype(np.float32).astype(np.float64)


def in_float64(config):
    return json.loads(json.dumps(config).replace('"float32"', '"float64"'))


def in_doubles(thing):
    """An optimizer or a loss in full precision: Keras rounds Python's floats to float32, but leaves NumPy's alone."""

    def double(value):
        if isinstance(value, dict):
            return {key: double(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [double(entry) for entry in value]
        return np.float64(value) if isinstance(value, float) else value

    if not isinstance(thing, keras.optimizers.Optimizer):
        return (
            type(thing).from_config({**thing.get_config(), "dtype": "float64"})
            if isinstance(thing, keras.losses.Loss)
            else _loss(thing)
        )
    config = thing.get_config()
    rate = config["learning_rate"]
    if isinstance(rate, dict):
        kind = getattr(keras.optimizers.schedules, rate["class_name"])
        config["learning_rate"] = kind(**double({k: v for k, v in rate["config"].items() if k != "name"}))
    return type(thing)(
        **{k: v if k == "learning_rate" and isinstance(rate, dict) else double(v) for k, v in config.items()}
    )


def _loss(function):
    """The loss of a function such as keras.losses.binary_crossentropy, which is what its name in words means."""
    name = "".join(word.capitalize() for word in function.__name__.split("_"))
    return getattr(keras.losses, name)(dtype="float64")


def layers_of(model):
    """Those of nested models in their place, without the nested models' inputs."""
    found = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += [inner for inner in layers_of(layer) if not isinstance(inner, keras.layers.InputLayer)]
        else:
            found.append(layer)
    return found


def resolved(layer):
    """The hyper-parameters of a layer, defaults included."""
    config = {key: value for key, value in layer.get_config().items() if key in KEYS}
    for key, value in config.items():
        if isinstance(value, dict):  # a regularizer, a constraint, an activation of a class
            config[key] = [value["class_name"], value["config"]]
    return config


def describe(layer):
    shape = layer.batch_shape if isinstance(layer, keras.layers.InputLayer) else layer.output.shape
    return {
        "name": layer.name,
        "class": type(layer).__name__,
        "config": resolved(layer),
        "output_shape": list(shape[1:]),
        "parameters": layer.count_params(),
    }


def summary(model, columns):
    before, lines = os.environ.get("COLUMNS"), []
    os.environ["COLUMNS"] = str(columns)
    try:
        model.summary(print_fn=lambda text, **_: lines.append(text))
    finally:
        os.environ.pop("COLUMNS")
        if before is not None:
            os.environ["COLUMNS"] = before
    return "".join(lines)
