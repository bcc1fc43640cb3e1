"""Writes down what Keras computes with your models and layers, for scripts/verify_against_keras.sh.

    import sys; sys.path.append("latent/scripts")
    from keras_reference import Reference

    reference = Reference("my_reference")
    reference.add_model("my_model", model, "binary_crossentropy", "adam", x, y)
    reference.add_layer("layers/conv2d", "5x5", keras.layers.Conv2D(4, 3, dilation_rate=2), x)
    reference.add_layer("layers/add", "two", keras.layers.Add(), [x, x2])
    reference.write()

Everything is computed in float64 on copies; your model is not changed. Needs Keras 3 with TensorFlow, and NumPy.
docs/verify_against_keras.md describes the files.
"""

import collections
import contextlib
import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import keras_graph  # noqa: E402
import latent_weights  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras_graph import Graph, class_of, describe, exact, in_precision, resolved  # noqa: E402

OPTIMIZER_KEYS_LEFT_OUT = {"name", "ema_overwrite_frequency"}


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
        """A layer forward and backward on the inputs x, a list of several for Add and the like; `group` is such as
        layers/conv2d, `name` anything.

        Of a layer with a state that training changes (BatchNormalization), also what it gives at inference with the
        state before, and the state after.
        """
        layer = type(layer).from_config(in_precision(layer.get_config()))
        several = isinstance(x, (list, tuple))
        inputs = (
            {f"x_{i}": tf.Variable(exact(part)) for i, part in enumerate(x)}
            if several
            else {"x": tf.Variable(exact(x))}
        )
        x = list(inputs.values()) if several else inputs["x"]
        layer.build([tuple(part.shape) for part in x] if several else x.shape)
        if layer.weights and not layer.trainable:
            raise ValueError(f"{name}: a layer that is not trained has no gradients to compare; add_model compares it in a model")
        for variable in layer.weights:
            fan_in = np.prod(variable.shape[:-1]) if variable.name == "kernel" else 1
            values = self.random.normal(scale=fan_in**-0.5, size=variable.shape)
            if variable.name.endswith("variance"):
                values = 0.5 + np.abs(values)
            variable.assign(exact(values))
        state = layer.non_trainable_variables
        tensors = {**inputs, **{v.name: v.numpy() for v in layer.weights}}
        if state:
            tensors["y_inference"] = layer(x, training=False)
        with tf.GradientTape() as tape:
            # A copy: ActivityRegularization gives its input on, and looks at it as no variable can be looked at.
            y = layer([tf.identity(part) for part in x] if several else tf.identity(x), training=True)
            dy = exact(self.random.normal(size=y.shape))
            # With what regularizers add to the loss, as latent's backward pass.
            objective = tf.add_n([tf.reduce_sum(y * dy), *layer.losses])
        if draws(layer, list(inputs.values())):
            raise ValueError(f"{name}: {type(layer).__name__} draws random numbers, which are others in every library")
        variables = layer.trainable_variables
        gradients = tape.gradient(objective, [*inputs.values(), *(v.value for v in variables)])
        tensors.update({"y": y, "dy": dy})
        tensors.update(
            {f"d{key}": gradient for key, gradient in zip([*inputs, *(v.name for v in variables)], gradients)}
        )
        tensors.update({f"{v.name}_after": v.numpy() for v in state})
        self._add(group, name, {"layer": type(layer).__name__, **resolved(layer)}, tensors)

    def add_model(self, name, model, loss, optimizer, x, y, steps=10, loss_weights=None, metrics=None):
        """`steps` steps of training on the samples x with targets y, an equal share in each.

        With several inputs or outputs, x and y are lists in the model's order, or dicts by the names of its Inputs and
        of the layers that give its outputs; so are loss, loss_weights and metrics, as in compile(). An output may have
        no loss; then there are no targets for it.
        """
        optimizer = in_doubles(keras.optimizers.get(optimizer))
        graph = Graph(keras_graph.copy_of(model, "float64"))
        heads = heads_of(graph.output_names, loss, loss_weights, metrics)
        random = [layer.name for layer in graph.all_layers() if draws(layer, layer._inbound_nodes[0].input_tensors)]
        if random:
            raise ValueError(f"{name}: of {', '.join(random)} training draws random numbers, which are others in every library")
        x, y = by_name("x", x, graph.input_names), by_name(
            "y", y, [own for own in graph.output_names if own[0] in heads]
        )
        counts = {len(values) for values in [*x.values(), *y.values()]}
        size = min(counts) // steps
        if size < 1 or len(counts) != 1:
            raise ValueError(f"{name}: {sorted(counts)} inputs and targets for {steps} steps")
        x, y = ({key: exact(values[: size * steps]) for key, values in given.items()} for given in (x, y))
        files = {
            f"{name}_{kind}{f'_{key}' if len(given) > 1 else ''}": values
            for kind, given in (("x", x), ("y", y))
            for key, values in given.items()
        }
        self.batches.update(files)
        inputs, targets = list(files)[: len(x)], list(files)[len(x) :]
        if graph.is_plain() and all(head.is_plain() for head in heads.values()):
            description = {
                "input_shape": list(next(iter(x.values())).shape[1:]),
                "parameters": graph.model.count_params(),
                "loss": next(iter(heads.values())).description()["loss"],
                "data": {"input": inputs[0], "target": targets[0]},
                "layers": [describe(layer) for layer in graph.layers],
            }
        else:
            description = {
                "parameters": graph.model.count_params(),
                "inputs": [layer.name for layer in graph.inputs],
                "outputs": graph.outputs(),
                "heads": [{"output": output, **head.description()} for output, head in heads.items()],
                "data": {"inputs": inputs, "targets": targets},
                "layers": [{**describe(layer), "inbound": graph.inbound(layer)} for layer in graph.all_layers()],
            }
        config = {
            "model": model.name,
            "api": type(model).__name__,
            **description,
            "optimizer": description_of(optimizer),
        }
        tensors = Training(name, graph, heads, optimizer).run(x, y, size, steps)
        self._add(f"models/{name}", None, config, tensors)
        # A summary is compared where there is one: not of nested models, whose layers are in one list here. A copy is
        # not compiled: its summary has no line about an optimizer.
        if not any(map(keras_graph.is_model, model.layers)):
            fresh = keras_graph.copy_of(model, "float32")
            for columns, file in ((80, "summary80.txt"), (120, "summary.txt")):
                self._write_text(self.folder / "models" / f"{name}.{file}", summary(fresh, columns))

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
        if group.split("/")[0] not in ("layers", "losses", "metrics", "optimizers", "models") or group.count("/") != 1:
            raise ValueError(f"{group}: expected a group such as layers/conv2d, or for a model a name without a /")
        if name is None:
            if group in self.files:
                raise ValueError(f"{group}: two models have this name")
            self.files[group] = ({"group": "models", **case}, arrays)
            return
        description, all_arrays = self.files.setdefault(group, ({"group": group, "cases": []}, {}))
        if any(entry["case"] == name for entry in description["cases"]):
            raise ValueError(f"{group}: two cases are named {name}")
        description["cases"].append(case)
        all_arrays.update({f"{name}/{key}": value for key, value in arrays.items()})

    @staticmethod
    def _write_text(path, text):
        latent_weights.atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


class Training:
    """Some steps of training, and what is written down of them."""

    def __init__(self, name, graph, heads, optimizer):
        self.model, self.heads, self.optimizer = graph.model, heads, optimizer
        self.outputs = [own[0] for own in graph.output_names]
        self.variables, self.state = graph.variables()
        if len(self.variables) != len(self.model.trainable_variables):
            raise ValueError(f"{name}: two layers have one name")
        if not self.variables:
            raise ValueError(f"{name}: nothing in it is trained")

    def run(self, x, y, size, steps):
        """x and y: samples by name, `size` of them in each step."""
        variables, history = self.variables, collections.defaultdict(list)

        def values(when):
            return {f"{when}/{key}": v.numpy() for key, v in {**variables, **self.state}.items()}

        tensors = values("initial")
        for output, prediction in self.predict(x, slice(min(4, size)), training=False).items():
            tensors[self.of("prediction", output)] = prediction
        for step in range(steps):
            rows = slice(step * size, (step + 1) * size)
            with tf.GradientTape() as tape:
                predictions = self.predict(x, rows, training=True)
                losses = {key: head.loss(y[key][rows], predictions[key]) for key, head in self.heads.items()}
                weighted = [head.weighted(losses[key]) for key, head in self.heads.items()]
                loss = sum(weighted[1:], weighted[0]) + sum(self.model.losses)
            gradients = tape.gradient(loss, [v.value for v in variables.values()])
            if step == 0:
                for (key, variable), gradient in zip(variables.items(), gradients):
                    tensors[f"gradient/{key}"] = np.zeros(variable.shape) if gradient is None else gradient
            self.optimizer.apply(gradients, list(variables.values()))
            history["losses"].append(float(loss))
            for key, head in self.heads.items():
                if len(self.heads) > 1:
                    history[f"losses/{key}"].append(float(losses[key]))  # as in Keras's History: without the weight
                for metric, value in head.measure(y[key][rows], predictions[key]).items():
                    history[self.of(f"metrics/{metric}", key)].append(value)
        return {**tensors, **values("final"), **history}

    def predict(self, x, rows, training):
        given = [values[rows] for values in x.values()]
        made = self.model(keras.tree.pack_sequence_as(keras_graph.inputs_of(self.model), given), training=training)
        return dict(zip(self.outputs, keras.tree.flatten(made), strict=True))

    def of(self, what, output):
        """A tensor's name: that of the output belongs to it if there are several."""
        return what if len(self.outputs) == 1 else f"{what}/{output}"


def draws(layer, inputs):
    """Whether it draws random numbers in training, as Dropout does of any rate but 0, for inputs of these shapes."""
    if all("float" in variable.dtype for variable in getattr(layer, "variables", ())):
        return False  # there is no generator with a state
    samples = 2 + max(10000 // max(1, int(np.prod(value.shape[1:]))) for value in inputs)  # a small rate, too, shows in so many
    ones = [keras.ops.ones((samples, *value.shape[1:]), value.dtype) for value in inputs]
    x = ones[0] if len(ones) == 1 else ones
    return not np.array_equal(layer(x, training=True), layer(x, training=True))


class Head:
    """Loss, weight and metrics of an output."""

    def __init__(self, loss, weight, metrics):
        self.loss, self.weight = in_doubles(keras.losses.get(loss)), weight
        if self.loss.reduction in (None, "none"):
            raise ValueError(f"{self.loss.name}: a loss without a reduction is no number that is minimised")
        self.metrics = [] if metrics is None else metrics if isinstance(metrics, (list, tuple)) else [metrics]
        classes = [resolved_metric(metric)[0] for metric in self.metrics]
        # Of several of a class the names of their own; Keras numbers those that are given none.
        self.names = [getattr(m, "name", None) if classes.count(c) > 1 else None for m, c in zip(self.metrics, classes)]
        if len(set(zip(classes, self.names))) < len(classes):
            raise ValueError(f"two metrics of the same name: {', '.join(classes)}")

    def is_plain(self):
        return self.weight is None and not self.metrics

    def weighted(self, loss):
        return loss if self.weight is None else loss * self.weight

    def measure(self, target, prediction):
        values = {}
        for metric, own_name in zip(self.metrics, self.names):
            name, kind, options = resolved_metric(metric, target, prediction)
            name = f"{name} {own_name}" if own_name else name
            in_top_k = kind.__name__.endswith("TopKCategoricalAccuracy")
            # TensorFlow's in_top_k knows no doubles. What it counts are whole numbers. The other metrics are doubles throughout only
            # where all is double.
            with floats_of("float32" if in_top_k else "float64") as dtype:
                made = kind(**options, dtype=dtype)
                made.update_state(target, keras.ops.cast(prediction, dtype))
                result = made.total / made.count if in_top_k else made.result()
            if np.size(result) != 1:
                raise ValueError(f"{name}: a metric of {np.size(result)} numbers cannot be compared; latent's are one")
            values[name] = float(np.reshape(result, ()))
        return values

    def description(self):
        made = {"loss": {**loss_config(self.loss), "name": class_of(self.loss)}}
        if self.weight is not None:
            made["weight"] = float(self.weight)
        if self.metrics:
            made["metrics"] = [
                {"metric": name, **({"name": own} if own else {}), **{k: v for k, v in options.items() if v is not None}}
                for own, (name, _, options) in zip(self.names, map(resolved_metric, self.metrics))
            ]
        return made


@contextlib.contextmanager
def floats_of(dtype):
    """Within it Keras's default is that type."""
    before = keras.backend.floatx()
    keras.backend.set_floatx(dtype)
    try:
        yield dtype
    finally:
        keras.backend.set_floatx(before)


def heads_of(outputs, loss, loss_weights, metrics):
    """The head of each output that has a loss, by its name."""
    if not isinstance(loss, (list, tuple, dict)):
        loss = [loss] * len(outputs)
    losses = by_name("loss", loss, outputs, all_of_them=False)
    weights = by_name("loss_weights", loss_weights, outputs, all_of_them=False)
    metrics = by_name("metrics", metrics, outputs, all_of_them=False)
    return {output: Head(loss, weights[output], metrics[output]) for output, loss in losses.items() if loss is not None}


def by_name(what, given, names, all_of_them=True):
    """What is given for each input or output: for one alone, for several as a list or a dict. `names`: those that each
    may have; it gets the first."""
    if not isinstance(given, dict):
        if not isinstance(given, (list, tuple)) or (len(names) == 1 and len(given) != 1):
            given = [] if given is None else [given]
        if len(given) not in ([len(names)] if all_of_them else [0, len(names)]):
            raise ValueError(f"{what}: expected {len(names)}, one for each of {[own[0] for own in names]}")
        given = {own[0]: value for own, value in zip(names, given)}
    first = {name: own[0] for own in names for name in own}
    values = {first.get(key, key): value for key, value in given.items()}
    expected = [own[0] for own in names]
    if not set(values) <= set(expected) or (all_of_them and len(values) < len(expected)):
        raise ValueError(f"{what}: expected one for each of {expected}, received some for {list(given)}")
    return {name: values.get(name) for name in expected}


def resolved_metric(metric, target=None, prediction=None):
    """Name, class and options. What "accuracy" stands for depends on the shapes of targets and predictions."""
    if isinstance(metric, str) and metric.lower() in ("accuracy", "acc"):
        kind = None
        if target is not None:
            sparse = target.ndim < len(prediction.shape) or target.shape[-1] == 1
            kind = "SparseCategoricalAccuracy" if sparse else "CategoricalAccuracy"
            kind = getattr(keras.metrics, "BinaryAccuracy" if prediction.shape[-1] == 1 else kind)
        return "accuracy", kind, {}
    metric = keras.metrics.get(metric)
    if not isinstance(metric, keras.metrics.Metric):  # a function
        metric = _class_for(keras.metrics, metric)()
    options = {key: value for key, value in metric.get_config().items() if key not in ("name", "dtype")}
    return class_of(metric), type(metric), options


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
            type(thing).from_config({**loss_config(thing), "dtype": "float64"})
            if isinstance(thing, keras.losses.Loss)
            else _loss(thing)
        )
    config = thing.get_config()
    if getattr(thing, "_exclude_from_weight_decay_names", None) or getattr(thing, "_exclude_from_weight_decay_pattern", None):
        raise ValueError("weight decay that leaves variables out (exclude_from_weight_decay) cannot be written down")
    rate = config["learning_rate"]
    if isinstance(rate, dict):
        schedule = getattr(thing, "_learning_rate", None)
        if not type(schedule).__module__.startswith("keras."):
            raise ValueError(f"a schedule of one's own, {rate['class_name']}, cannot be written down; give Keras's or a number")
        kind = getattr(keras.optimizers.schedules, rate["class_name"])
        config["learning_rate"] = kind(**double({k: v for k, v in rate["config"].items() if k != "name"}))
    return type(thing)(
        **{k: v if k == "learning_rate" and isinstance(rate, dict) else double(v) for k, v in config.items()}
    )


def loss_config(loss):
    """Its options. get_config() leaves out Huber's delta and the axis of CosineSimilarity (Keras 3.15)."""
    given = getattr(loss, "_fn_kwargs", {})
    return {**loss.get_config(), **{key: given[key] for key in ("delta", "axis") if key in given}}


def _loss(function):
    """The loss of a function such as keras.losses.binary_crossentropy, which is what its name in words means."""
    return _class_for(keras.losses, function)(dtype="float64")


def _class_for(module, function):
    """keras.losses.KLDivergence for keras.losses.kl_divergence: but for capitals and underscores the names are the same."""
    described = getattr(function, "__name__", repr(function))
    if not getattr(function, "__module__", "").startswith("keras."):
        raise ValueError(f"{described} is not of Keras, and what it computes cannot be written down")
    wanted = described.replace("_", "")
    for name in dir(module):
        if name.lower() == wanted and isinstance(getattr(module, name), type):
            return getattr(module, name)
    raise ValueError(f"{module.__name__} has no class of the name of {described}")


def description_of(optimizer):
    config = {key: value for key, value in optimizer.get_config().items() if key not in OPTIMIZER_KEYS_LEFT_OUT}
    if isinstance(config["learning_rate"], dict):
        rate = config["learning_rate"]
        config["learning_rate"] = {"schedule": rate["class_name"], **rate["config"]}
    return {"optimizer": class_of(optimizer), **config}


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
